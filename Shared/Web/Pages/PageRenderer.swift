import Domain
package import Foundation
package import HTTPTypes
package import Hummingbird
import Mustache

/// The frame around a page's content.
package enum PageLayout: String, Sendable, CaseIterable {
    /// For citizens: header with language and elder mode, footer.
    case standard = "shell"
    /// For kiosks: huge buttons, no way out of the kiosk.
    case kiosk = "shell-kiosk"
    /// For the screens of a hall: dark, full-screen, nothing to operate.
    case display = "shell-display"
    /// For staff at windows: dense, wide.
    case console = "shell-console"
}

/// Renders pages from Mustache templates that are read and parsed once.
///
/// A service's template holds the content only; the layout goes around it. In templates, texts of the catalogues are
/// `{{#t}}key{{/t}}` (escaped), values come from the view's properties, and `page` has `language`, `csrf`, `target`,
/// `isElder`. Texts with placeholders are prepared in the view.
package struct PageRenderer: Sendable {
    private let library: MustacheLibrary
    private let localisation: Localisation

    /// - Throws: ``WebError`` with code `template` that names the template that cannot be parsed.
    package init(bundles: [Bundle], localisation: Localisation) throws(WebError) {
        self.localisation = localisation
        var library = MustacheLibrary()
        for bundle in [Bundle.module] + bundles {
            let folder = bundle.webResources.appendingPathComponent("Templates")
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
            for name in names.sorted() where name.hasSuffix(".mustache") {
                do {
                    let text = try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
                    try library.register(text, named: String(name.dropLast(".mustache".count)))
                } catch {
                    throw WebError(.template, "The template \(folder.path)/\(name) cannot be used: \(error)")
                }
            }
        }
        for layout in PageLayout.allCases where library.getTemplate(named: layout.rawValue) == nil {
            throw WebError(.template, "The template \(layout.rawValue).mustache is missing.")
        }
        self.library = library
    }

    /// A page.
    ///
    /// - Parameters:
    ///   - name: of the template, without extension.
    ///   - title: of the page, already in the person's language.
    ///   - view: a structure whose properties the template names, or a dictionary.
    ///   - scripts: of `/assets/`, such as `live.js`, or paths that start with `/`; the page must be of use without them.
    ///   - styles: as `scripts`, beside the common style sheet.
    ///   - refreshSeconds: how often the page loads itself again where there are no scripts.
    /// - Returns: an answer that nobody caches, unless the caller sets `Cache-Control`.
    /// - Throws: ``WebError`` with code `template` when there is no such template.
    package func render(
        _ name: String, title: String, view: Any, _ context: AppRequestContext, layout: PageLayout = .standard,
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], scripts: [String] = [], styles: [String] = [],
        refreshSeconds: Int? = nil
    ) throws(WebError) -> Response {
        let html = try html(
            name, title: title, view: view, context, layout: layout, scripts: scripts, styles: styles,
            refreshSeconds: refreshSeconds)
        var headers = headers
        headers[.contentLanguage] = context.language.rawValue
        headers[.vary] = "Accept-Language, Cookie"
        return .html(html, status: status, headers: headers)
    }

    /// A page whose title is a text of the catalogues.
    package func render(
        _ name: String, titleKey: String, view: Any, _ context: AppRequestContext, layout: PageLayout = .standard,
        status: HTTPResponse.Status = .ok, headers: HTTPFields = [:], scripts: [String] = [], styles: [String] = [],
        refreshSeconds: Int? = nil
    ) throws(WebError) -> Response {
        try render(
            name, title: context.text(titleKey), view: view, context, layout: layout, status: status, headers: headers,
            scripts: scripts, styles: styles, refreshSeconds: refreshSeconds)
    }

    /// A part of a page without the layout, such as what a stream sends to replace an element.
    package func fragment(_ name: String, view: Any, _ context: AppRequestContext) throws(WebError) -> String {
        try content(name, PageRoot(view: view, page: PageView(title: "", context), texts: texts(context)))
    }

    func html(
        _ name: String, title: String, view: Any, _ context: AppRequestContext, layout: PageLayout, scripts: [String],
        styles: [String], refreshSeconds: Int?
    ) throws(WebError) -> String {
        var page = PageView(title: title, context, scripts: scripts, styles: styles, refreshSeconds: refreshSeconds)
        let texts = texts(context)
        page.content = try content(name, PageRoot(view: view, page: page, texts: texts))
        return try content(layout.rawValue, PageRoot(view: view, page: page, texts: texts))
    }

    private func content(_ name: String, _ root: PageRoot) throws(WebError) -> String {
        guard let text = library.render(root, withTemplate: name) else {
            throw WebError(.template, "There is no template \(name).mustache in the resources of this service.")
        }
        return text
    }

    /// `{{#t}}key{{/t}}`. The result is no `String`, so that Mustache does not parse a text as a template again.
    private func texts(_ context: AppRequestContext) -> MustacheLambda {
        MustacheLambda { [localisation] (key: String) -> Any? in
            EscapedText(description: localisation.text(key.trimmingSpaces, context.language).escapedForHTML)
        }
    }
}

/// HTML that is already escaped.
struct EscapedText: CustomStringConvertible {
    let description: String
}

/// What a template sees: the view's own properties, and beside them `t` and `page`.
struct PageRoot: MustacheParent {
    let view: Any
    let page: PageView
    let texts: MustacheLambda

    func child(named name: String) -> Any? {
        switch name {
        case "t": texts
        case "page": page
        default: (view as? any MustacheParent)?.child(named: name) ?? reflected(name)
        }
    }

    private func reflected(_ name: String) -> Any? {
        guard let value = Mirror(reflecting: view).children.first(where: { $0.label == name })?.value else {
            return nil
        }
        let mirror = Mirror(reflecting: value)
        return mirror.displayStyle == .optional ? mirror.children.first?.value : value
    }
}
