import Testing

/// One daemon for all tests of a suite, with the sample directory; it ends with them.
struct DaemonTrait: SuiteTrait, TestScoping {
    let settings: [String]
    /// Files of the configuration, besides those of the repository.
    var files: [String: String] = [:]

    func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        let daemon = try TestDaemon(settings: settings)
        for (name, text) in files { try daemon.write(text, to: name) }
        try await daemon.start()
        try await daemon.importDirectory()
        try await TestDaemon.$current.withValue(daemon) { try await function() }
        await daemon.stop()
    }
}

extension TestDaemon {
    @TaskLocal fileprivate static var current: TestDaemon?

    /// The daemon of the suite.
    static func ofSuite() throws -> TestDaemon { try #require(current) }
}

extension Trait where Self == DaemonTrait {
    static func daemon(_ settings: String..., files: [String: String] = [:]) -> Self {
        Self(settings: settings, files: files)
    }
}
