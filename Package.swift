// swift-tools-version:6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

/// Products of other packages, named once.
enum Product {
    static let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
    static let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
    static let collections = Target.Dependency.product(name: "Collections", package: "swift-collections")
    static let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
    static let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
    static let httpTypes = Target.Dependency.product(name: "HTTPTypes", package: "swift-http-types")
    static let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
    static let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
    static let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
    static let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
    static let coreMetrics = Target.Dependency.product(name: "CoreMetrics", package: "swift-metrics")
    static let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
    static let nio = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
    static let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
    static let nioHTTPTypes = Target.Dependency.product(name: "NIOHTTPTypes", package: "swift-nio-extras")
    static let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
    static let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
    static let yams = Target.Dependency.product(name: "Yams", package: "Yams")
}

/// What every service is built from.
let service: [Target.Dependency] = [
    "Domain", "EventContracts", "Postgres", "RedisStreams", "Messaging", "Web", "ServiceBootstrap",
    Product.hummingbird, Product.httpTypes, Product.nio, Product.logging, Product.metrics, Product.lifecycle,
    Product.crypto, Product.mustache, Product.collections,
]

let package = Package(
    name: "onetrip",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "onetrip", targets: ["onetrip"]),
        .executable(name: "onetrip-booking", targets: ["onetrip-booking"]),
        .executable(name: "onetrip-queuing", targets: ["onetrip-queuing"]),
        .executable(name: "onetrip-notification", targets: ["onetrip-notification"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // MARK: C libraries
        .systemLibrary(name: "CLibpq", path: "Shared/CLibpq", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        // hiredis.pc carries a flag that SwiftPM refuses, so the module map links the library itself.
        .systemLibrary(name: "CHiredis", path: "Shared/CHiredis", providers: [.apt(["libhiredis-dev"])]),
        .systemLibrary(name: "CEventfd", path: "Shared/CEventfd"),
        .systemLibrary(name: "CSpawn", path: "Shared/CSpawn"),
        .systemLibrary(
            name: "CQRencode", path: "Shared/CQRencode", pkgConfig: "libqrencode",
            providers: [.apt(["libqrencode-dev"])]),

        // MARK: Shared
        .target(name: "PrivateServers", dependencies: ["CSpawn"], path: "Shared/PrivateServers"),
        .target(name: "Domain", dependencies: [Product.crypto, Product.collections], path: "Shared/Domain"),
        .target(name: "Simulation", dependencies: ["Domain"], path: "Shared/Simulation"),
        .target(name: "EventContracts", dependencies: ["Domain"], path: "Shared/EventContracts"),
        .target(
            name: "ConnectionThread", dependencies: ["CEventfd", Product.collections], path: "Shared/ConnectionThread"),
        .target(
            name: "Postgres",
            dependencies: [
                "CLibpq", "ConnectionThread", Product.collections, Product.crypto, Product.logging, Product.metrics,
                Product.lifecycle,
            ], path: "Shared/Postgres"),
        .target(
            name: "RedisStreams",
            dependencies: [
                "CHiredis", "ConnectionThread", Product.collections, Product.logging, Product.metrics,
                Product.lifecycle,
            ], path: "Shared/RedisStreams"),
        .target(
            name: "Messaging",
            dependencies: [
                "Domain", "EventContracts", "Postgres", "RedisStreams", Product.collections, Product.logging,
                Product.metrics, Product.lifecycle,
            ], path: "Shared/Messaging", exclude: ["README.md"], resources: [.copy("Migrations")]),
        .target(
            name: "Web",
            dependencies: [
                "CQRencode", "Domain", Product.hummingbird, Product.httpTypes, Product.nio, Product.nioHTTPTypes,
                Product.crypto, Product.mustache, Product.logging, Product.metrics, Product.collections,
                Product.lifecycle,
            ], path: "Shared/Web", resources: [.copy("Resources")]),
        .target(
            name: "ServiceBootstrap",
            dependencies: [
                "Domain", "EventContracts", "Postgres", "RedisStreams", "Web", Product.configuration,
                Product.hummingbird,
                Product.httpTypes, Product.logging, Product.coreMetrics, Product.metrics, Product.lifecycle,
                Product.nio, Product.nioPosix,
            ], path: "Shared/ServiceBootstrap"),

        // MARK: Services
        .target(
            name: "BookingService", dependencies: service + [Product.asyncHTTPClient], path: "Services/Booking",
            exclude: ["Executable", "README.md"], resources: [.copy("Resources"), .copy("Migrations")]),
        .executableTarget(
            name: "onetrip-booking", dependencies: ["BookingService", "ServiceBootstrap", Product.argumentParser],
            path: "Services/Booking/Executable"),
        .target(
            name: "QueuingService", dependencies: service + [Product.asyncHTTPClient, Product.nioHTTP1],
            path: "Services/Queuing",
            exclude: ["Executable", "README.md"], resources: [.copy("Resources"), .copy("Migrations")]),
        .executableTarget(
            name: "onetrip-queuing", dependencies: ["QueuingService", "ServiceBootstrap", Product.argumentParser],
            path: "Services/Queuing/Executable"),
        .target(
            name: "NotificationService", dependencies: service + [Product.asyncHTTPClient, Product.nioHTTP1],
            path: "Services/Notification",
            exclude: ["Executable", "README.md"], resources: [.copy("Resources"), .copy("Migrations")]),
        .executableTarget(
            name: "onetrip-notification",
            dependencies: ["NotificationService", "ServiceBootstrap", Product.argumentParser],
            path: "Services/Notification/Executable"),
        .target(
            name: "OperatorTool",
            dependencies: [
                "Domain", "EventContracts", "Postgres", "RedisStreams", "Messaging", "Web", "ServiceBootstrap",
                "PrivateServers", "Simulation", "BookingService", "QueuingService", "NotificationService",
                Product.argumentParser, Product.yams,
                Product.logging, Product.lifecycle, Product.unixSignals, Product.nio, Product.nioHTTP1,
                Product.asyncHTTPClient,
            ], path: "Services/Operator", exclude: ["Executable", "README.md"], resources: [.copy("Resources")]),
        .executableTarget(
            name: "onetrip", dependencies: ["OperatorTool", Product.argumentParser],
            path: "Services/Operator/Executable"),

        // MARK: Tests
        .target(
            name: "TestSupport",
            dependencies: [
                "Domain", "PrivateServers", "Postgres", "RedisStreams", "Messaging", "Web", "BookingService",
                Product.asyncHTTPClient, Product.logging, Product.nio, Product.nioHTTP1,
            ], path: "Tests/TestSupport"),
        .testTarget(name: "DomainTests", dependencies: ["Domain"], path: "Tests/DomainTests"),
        .testTarget(
            name: "SimulationTests", dependencies: ["Simulation", "Domain"], path: "Tests/SimulationTests"),
        .testTarget(
            name: "EventContractsTests", dependencies: ["EventContracts", "Domain"], path: "Tests/EventContractsTests"),
        .testTarget(
            name: "PostgresTests", dependencies: ["Postgres", "ConnectionThread"], path: "Tests/PostgresTests"),
        .testTarget(
            name: "RedisStreamsTests", dependencies: ["RedisStreams", "ConnectionThread"],
            path: "Tests/RedisStreamsTests"),
        .testTarget(
            name: "MessagingTests",
            dependencies: ["Messaging", "EventContracts", "Domain", "Postgres", "RedisStreams"],
            path: "Tests/MessagingTests"),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Domain", "Web", "ServiceBootstrap", Product.hummingbird, Product.httpTypes, Product.lifecycle,
                Product.logging,
                Product.coreMetrics, Product.metrics, Product.nio, Product.nioPosix,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ], path: "Tests/WebTests"),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "BookingService", "QueuingService", "NotificationService", "OperatorTool", "Domain", "EventContracts",
                "Web",
                "ServiceBootstrap", "Messaging", "TestSupport", Product.httpTypes, Product.logging,
            ], path: "Tests/ServiceTests"),
        .testTarget(
            name: "IntegrationTests",
            dependencies: [
                "TestSupport", "Domain", "EventContracts", "ConnectionThread", "Postgres", "RedisStreams", "Messaging",
                "Web",
                "ServiceBootstrap", "BookingService", "QueuingService", "NotificationService", "OperatorTool",
                "Simulation",
                Product.hummingbird, Product.httpTypes, Product.asyncHTTPClient, Product.lifecycle, Product.logging,
                .product(name: "HummingbirdTesting", package: "hummingbird"),
            ], path: "Tests/IntegrationTests"),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "TestSupport", "PrivateServers", "Domain", "EventContracts", "Postgres", "RedisStreams",
                Product.asyncHTTPClient,
                Product.nio, Product.nioHTTP1,
            ], path: "Tests/EndToEndTests", exclude: ["onetrip_api.py", "schemathesis.toml"]),
        .testTarget(
            name: "BrowserTests", dependencies: ["TestSupport", "PrivateServers", Product.asyncHTTPClient],
            path: "Tests/BrowserTests",
            resources: [.copy("Scripts")]),
        .testTarget(
            name: "FaultTests",
            dependencies: [
                "TestSupport", "PrivateServers", "Domain", "EventContracts", "Postgres", "RedisStreams",
                Product.asyncHTTPClient,
            ], path: "Tests/FaultTests"),
        .executableTarget(
            name: "onetrip-bench",
            dependencies: [
                "Simulation", "TestSupport", "PrivateServers", "Domain", "EventContracts", "Postgres", "RedisStreams",
                "Messaging",
                "QueuingService", "BookingService", "Web",
                Product.asyncHTTPClient, Product.argumentParser, Product.nio, Product.nioHTTP1,
                Product.logging,
            ],
            path: "Tests/Benchmarks", exclude: ["README.md"]),
    ],
    swiftLanguageModes: [.v6]
)

// The engine rolls thousands of futures a second: without optimisation a rush of calls timed out in a debug
// build, which is what `make run` and the tests use.
for target in package.targets where ["Domain", "Simulation"].contains(target.name) {
    target.swiftSettings = [.unsafeFlags(["-O"], .when(configuration: .debug))]
}

for target in package.targets where target.type != .system {
    target.swiftSettings = (target.swiftSettings ?? []) + settings
}
