package import Domain

/// A message on the demo's telephone.
package struct DemoMessage: Sendable, Hashable {
    package var id: Int64
    package var template: String
    package var language: Language
    package var phone: String
    package var text: String
    package var at: Timestamp
}
