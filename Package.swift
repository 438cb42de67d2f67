// swift-tools-version: 6.2
import PackageDescription

// The lint step asks for warnings as errors; a stranger with a newer compiler is not stopped by its new warnings.
let strict: [SwiftSetting] =
    Context.environment["WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)]

let json: Target.Dependency = "JSONCore"
let collections: Target.Dependency = .product(name: "OrderedCollections", package: "swift-collections")
let nio: [Target.Dependency] = [
    .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
]
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

let package = Package(
    name: "rotationd",
    products: [
        .executable(name: "rotationd", targets: ["rotationd"]),
        .executable(name: "rotationctl", targets: ["rotationctl"]),
        .executable(name: "storage-sqlite", targets: ["storage-sqlite"]),
        .executable(name: "notify-journal", targets: ["notify-journal"]),
        .executable(name: "notify-webhook", targets: ["notify-webhook"]),
        .executable(name: "notify-command", targets: ["notify-command"]),
        .executable(name: "notify-email", targets: ["notify-email"]),
        .executable(name: "rotationd-bench", targets: ["rotationd-bench"]),
        .library(name: "PluginKit", targets: ["PluginKit"]),
    ],
    dependencies: [
        // Sockets and event loops for the Varlink server and client.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        // OrderedDictionary: what a definition names keeps the order in which people wrote it; Deque: queues.
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        // SHA-256 for the history's chain and for digests of documents.
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        // YAML with line and column of every node, for definitions and forms.
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // The logging façade; its backend writes to the journal.
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        // Ordered start and graceful stop of the daemon's long-lived parts.
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        // rotationctl's commands, help, completions.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // The daemon's configuration file, with overrides from the command line.
        .package(url: "https://github.com/apple/swift-configuration", from: "1.4.0", traits: ["YAML"]),
        // The pages of reports and the texts of messages: templates that an office can change, without a language of their
        // own to learn.
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        // SQLite for the storage plugin: migrations, statement cache, pool of readers beside one writer.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // HTTP/1.1 and HTTP/2 over verified TLS for webhooks, to an address that was chosen beforehand (dnsOverride).
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        // What webhooks configure of it: the authorities that are trusted. It comes with the HTTP client.
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        // Programs of the administrator's: started without a shell, fed and read without blocking a thread.
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    ],
    targets: [
        .target(name: "JSONCore", swiftSettings: strict),
        .target(
            name: "Varlink", dependencies: [json] + nio,
            resources: [.embedInCode("Interfaces")], swiftSettings: strict),
        .target(name: "Workflow", dependencies: [json, collections, crypto, yams], swiftSettings: strict),
        .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
        .target(name: "Systemd", dependencies: ["CSystemd", logging], swiftSettings: strict),
        .target(
            name: "PluginKit",
            dependencies: [json, "Varlink", "Workflow", "Systemd", logging] + nio,
            resources: [.embedInCode("Interfaces")], swiftSettings: strict),
        .target(
            name: "Daemon",
            dependencies: [
                json, "Varlink", "Workflow", "PluginKit", "Systemd", logging, lifecycle, crypto, yams, collections,
                mustache,
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "DequeModule", package: "swift-collections"),
            ] + nio,
            resources: [.embedInCode("Interfaces"), .embedInCode("Schemas")], swiftSettings: strict),
        .executableTarget(name: "rotationd", dependencies: ["Daemon", "Systemd", arguments], swiftSettings: strict),
        .executableTarget(
            name: "rotationctl",
            dependencies: [json, "Varlink", "Workflow", "PluginKit", "Systemd", arguments, yams, mustache] + nio,
            swiftSettings: strict),
        .executableTarget(
            name: "rotationd-bench",
            dependencies: [
                json, "Varlink", arguments, collections, .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ] + nio, swiftSettings: strict),
        .executableTarget(
            name: "storage-sqlite",
            dependencies: [
                json, "PluginKit", "Systemd", "Workflow", arguments, logging,
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ],
            path: "Plugins/storage-sqlite", swiftSettings: strict),
        .executableTarget(
            name: "notify-journal", dependencies: [json, "PluginKit", "Systemd", arguments, logging],
            path: "Plugins/notify-journal", swiftSettings: strict),
        .executableTarget(
            name: "notify-webhook",
            dependencies: [
                json, collections, "PluginKit", "Systemd", "Workflow", arguments, logging, crypto,
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ] + nio,
            path: "Plugins/notify-webhook", resources: [.embedInCode("notify-webhook.schema.json")],
            swiftSettings: strict),
        .executableTarget(
            name: "notify-command",
            dependencies: [
                json, "PluginKit", "Systemd", "Workflow", arguments, logging,
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            path: "Plugins/notify-command", resources: [.embedInCode("notify-command.schema.json")],
            swiftSettings: strict),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .executableTarget(
            name: "notify-email",
            dependencies: [
                json, "PluginKit", "Systemd", "Workflow", "CCurl", arguments, crypto, collections,
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            path: "Plugins/notify-email", swiftSettings: strict),
        // What a process under the service manager sees, printed: a real child for SystemdTests.
        .executableTarget(
            name: "systemd-probe", dependencies: ["Systemd", logging], path: "Tests/SystemdTests/Probe",
            swiftSettings: strict),
        .testTarget(
            name: "SystemdTests", dependencies: ["Systemd", "systemd-probe", logging], exclude: ["Probe"],
            swiftSettings: strict),
        .testTarget(name: "JSONCoreTests", dependencies: ["JSONCore"], swiftSettings: strict),
        .testTarget(
            name: "VarlinkTests", dependencies: [json, "Varlink"] + nio, resources: [.embedInCode("Fixtures")],
            swiftSettings: strict),
        .testTarget(name: "WorkflowTests", dependencies: ["Workflow"], swiftSettings: strict),
        .testTarget(
            name: "PluginTests",
            dependencies: [
                json, "PluginKit", "Varlink", "Workflow", "storage-sqlite", "notify-journal", "notify-email",
                "notify-webhook", "notify-command", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            exclude: ["smtp-server.py", "webhook-server.py"], swiftSettings: strict),
        .testTarget(
            name: "RotationctlTests",
            dependencies: [
                json, "Varlink", "Workflow", "rotationctl", "rotationd", "storage-sqlite", "notify-journal",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DaemonTests",
            dependencies: ["Daemon", "rotationd", "rotationctl", "storage-sqlite", "notify-journal"],
            swiftSettings: strict),
        .testTarget(
            name: "BedTests", dependencies: [json, "Varlink"], exclude: ["bed.sh", "tree.sh", "Probe"],
            swiftSettings: strict),
    ],
    swiftLanguageModes: [.v6]
)
