import Foundation
import Testing
import Varlink

/// Beds on which rotationd is installed, enabled and has the sample directory, so that it runs when they have booted.
enum InstalledBed {
    /// The bed of a release in which the package was installed, shut down again: what others stand on.
    private actor Layers {
        private var layers: [DebianRelease: Task<Bed, any Error>] = [:]

        func layer(_ release: DebianRelease) async throws -> Bed {
            if let layer = layers[release] { return try await layer.value }
            let layer = Task {
                let bed = try Bed(release)
                try await bed.boot()
                try await bed.install()
                // What a web console is to the daemon, a test is: it can be any official.
                try await bed.run("sed -i 's/^gateways:.*/gateways: [root]/' /etc/rotationd/rotationd.yaml")
                try await bed.run("systemctl enable --now rotationd.socket")
                try await bed.run("rotationctl directory import /usr/share/rotationd/directory")
                try await bed.shutDown()
                return bed
            }
            layers[release] = layer
            return try await layer.value
        }
    }

    private static let layers = Layers()

    /// A new one, for a test that damages it.
    static func make(_ release: DebianRelease) async throws -> Bed {
        let bed = try Bed(release, layers: [await layers.layer(release).upper])
        try await bed.boot()
        try await bed.untilServing()
        return bed
    }
}

/// One installed bed of each release for all tests of a suite.
struct BedTrait: SuiteTrait, TestScoping {
    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        var beds: [DebianRelease: Bed] = [:]
        for release in DebianRelease.allCases { beds[release] = try await InstalledBed.make(release) }
        try await Bed.$ofSuite.withValue(beds) { try await function() }
    }
}

extension Trait where Self == BedTrait {
    static var installedBeds: Self { Self() }
}

extension Trait where Self == ConditionTrait {
    /// Skips where no system can be booted, and says why.
    static var needsBed: Self { .enabled(if: Bed.obstacle == nil, Comment(rawValue: Bed.obstacle ?? "")) }
}

extension Bed {
    @TaskLocal fileprivate static var ofSuite: [DebianRelease: Bed] = [:]

    /// The suite's bed of a release.
    static func shared(_ release: DebianRelease) throws -> Bed { try #require(ofSuite[release]) }

    /// Copies a package into the system and has apt install it, from what lies there: there is no network.
    /// - Returns: What apt said.
    @discardableResult
    func install(_ package: String? = nil) async throws -> String {
        let name = "/root/rotationd.deb"
        let target = try path(name)
        try? FileManager.default.removeItem(atPath: target)
        try FileManager.default.copyItem(atPath: #require(package ?? Bed.package), toPath: target)
        return try await run("apt-get install --yes -o Dpkg::Options::=--force-confold .\(name) 2>&1")
    }

    /// The clients' socket, from outside.
    var socket: String { get throws { try path("/run/rotationd/org.rotationd") } }

    func connect() async throws -> VarlinkClient { try await VarlinkClient.connect(path: socket) }

    /// Starts every process again, the daemon last: when it is ready, a client can work.
    func restart() async throws {
        try await run(
            "systemctl restart rotationd-storage-sqlite rotationd-notify-journal && systemctl restart rotationd")
    }

    /// What was killed a moment ago may be on its way up again.
    func untilNothingHasFailed() async throws {
        try await until("no unit has failed") { try await run("systemctl --failed --quiet") == "" }
    }

    func untilServing() async throws {
        do {
            try await until("rotationd serves") {
                try await attempt("systemctl is-active --quiet rotationd.service").status == 0
            }
        } catch {
            throw CommandFailed(
                command: "\(error)", result: try await attempt("systemctl status --no-pager 'rotationd*'"))
        }
    }
}
