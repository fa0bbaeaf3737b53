package import Foundation

/// What all pages of a service share: texts, templates, assets.
package struct Site: Sendable {
    package let localisation: Localisation
    package let pages: PageRenderer
    package let assets: Assets

    /// - Parameter bundles: of the service's targets: `Resources/messages.*.json`, `Resources/Templates/*.mustache`,
    ///   `Resources/assets/*`.
    /// - Throws: ``WebError`` that names the file that is missing or wrong.
    package init(bundles: [Bundle] = []) throws(WebError) {
        localisation = try Localisation(bundles: bundles)
        assets = try Assets(bundles: bundles)
        pages = try PageRenderer(bundles: bundles, localisation: localisation)
    }
}
