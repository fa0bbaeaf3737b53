import Configuration
import Foundation
import Logging
import Web

extension ServiceConfiguration {
    /// Reads the settings from the environment and, where that has none, from a JSON file.
    ///
    /// - Throws: ``ConfigurationError`` for the first setting that is missing or wrong, and for names in the file that
    ///   mean nothing.
    package static func load(
        environment: [String: String] = ProcessInfo.processInfo.environment, file: String? = nil
    ) throws(ConfigurationError) -> ServiceConfiguration {
        var providers: [any ConfigProvider] = [EnvironmentVariablesProvider(environmentVariables: environment)]
        if let file { providers.append(InMemoryProvider(values: try values(file))) }
        return try read(ConfigReader(providers: providers))
    }

    /// The settings of a file, refusing names that mean nothing: most likely they are misspelt, and the standard would be
    /// used silently.
    private static func values(_ file: String) throws(ConfigurationError) -> [AbsoluteConfigKey: ConfigValue] {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ConfigurationError(key: "--config", problem: "names a file that cannot be read: \(file)")
        }
        guard case .object(let members)? = JSONValue(parsing: Array(data)) else {
            throw ConfigurationError(key: "--config", problem: "names a file that is not one JSON object: \(file)")
        }
        let known = Set(ConfigurationKey.all.map(\.name))
        var values: [AbsoluteConfigKey: ConfigValue] = [:]
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            guard known.contains(name) else {
                let names = known.sorted().joined(separator: ", ")
                throw ConfigurationError(key: name, problem: "in \(file) is not a setting; the settings are \(names)")
            }
            let text: String
            switch member {
            case .string(let value): text = value
            case .int, .bool, .double: text = member.text
            case .null, .array, .object:
                throw ConfigurationError(key: name, problem: "in \(file) must be a text, a number, true or false")
            }
            values[["onetrip", name]] = ConfigValue(.string(text), isSecret: false)
        }
        return values
    }

    private static func read(_ reader: ConfigReader) throws(ConfigurationError) -> ServiceConfiguration {
        func text(_ key: ConfigurationKey) throws(ConfigurationError) -> String {
            let path = ConfigKey(["onetrip", key.name])
            if let value = reader.string(forKey: path, isSecret: key.isSecret), !value.isEmpty { return value }
            guard let standard = key.standard else {
                throw ConfigurationError(key: key.variable, problem: "is not set: \(key.meaning)")
            }
            return standard
        }
        func value<Value>(
            _ key: ConfigurationKey, _ expected: String, _ parse: (String) -> Value?
        ) throws(ConfigurationError) -> Value {
            let text = try text(key)
            guard let value = parse(text) else {
                let shown = key.isSecret ? "has a value that" : "is \"\(text)\", which"
                throw ConfigurationError(key: key.variable, problem: "\(shown) cannot be used: expected \(expected)")
            }
            return value
        }
        func int(_ key: ConfigurationKey, _ range: ClosedRange<Int>) throws(ConfigurationError) -> Int {
            try value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
                Int(text).flatMap { range.contains($0) ? $0 : nil }
            }
        }
        return ServiceConfiguration(
            postgres: try text(.postgres),
            postgresPool: try int(.postgresPool, 1...200),
            redis: try value(.redis, "unix:/path or redis://host:port") { text in
                text.hasPrefix("unix:/") || text.hasPrefix("redis://") ? text : nil
            },
            listen: try value(.listen, "tcp:host:port or unix:/path (at most 107 bytes)", ListenAddress.init),
            publicURL: try value(.publicURL, "http://host or https://host", webAddress),
            secret: try value(.secret, "64 hexadecimal digits") { text in
                text.utf8.count == 64 && text.allSatisfy(\.isHexDigit) ? text : nil
            },
            sealingKeys: try value(.sealingKeys, "keys of 64 hexadecimal digits, parted by commas") { text in
                let keys = text.split(separator: ",").map { $0.filter { $0 != " " } }
                return keys.allSatisfy { $0.utf8.count == 64 && $0.allSatisfy(\.isHexDigit) } ? keys : nil
            },
            isDemo: try value(.demo, "true or false") { Bool($0.lowercased()) },
            logLevel: try value(.logLevel, "trace, debug, info, notice, warning, error or critical") {
                Logger.Level(rawValue: $0.lowercased())
            },
            streamPrefix: try value(.streamPrefix, "1 to 40 letters, digits or -") { text in
                (1...40).contains(text.utf8.count)
                    && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
                    ? text : nil
            },
            bookingURL: try value(.bookingURL, "http://host:port or unix:/path") { text in
                text.hasPrefix("unix:/") ? text : webAddress(text)
            },
            shutdownSeconds: try int(.shutdownSeconds, 4...300))
    }

    private static func webAddress(_ text: String) -> String? {
        guard let url = URL(string: text), let scheme = url.scheme, ["http", "https"].contains(scheme),
            let host = url.host, !host.isEmpty, url.query == nil, url.fragment == nil
        else { return nil }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }
}
