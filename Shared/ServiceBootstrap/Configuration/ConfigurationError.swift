/// A setting is missing or cannot be used. The message is one line that names the key and says what is expected.
package struct ConfigurationError: Error, CustomStringConvertible, Hashable {
    /// The environment variable.
    package let key: String
    package let problem: String

    package init(key: String, problem: String) {
        self.key = key
        self.problem = problem
    }

    package var description: String { "configuration: \(key) \(problem)" }

    /// EX_CONFIG of sysexits.h: a supervisor need not try again with the same settings.
    package static let exitCode: Int32 = 78
}
