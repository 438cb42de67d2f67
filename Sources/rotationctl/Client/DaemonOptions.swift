import ArgumentParser

/// What every command takes that speaks to the daemon.
struct DaemonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The daemon's socket.",
            discussion: "Default: $ROTATIOND_SOCKET, else /run/rotationd/org.rotationd, else .run/org.rotationd.",
            valueName: "path"),
        completion: .file())
    var socket: String?

    @OptionGroup var common: CommonOptions

    func perform(_ operation: (Messages) -> String, _ body: (Session) async throws -> Void) async throws {
        try await common.perform(operation, socket: socket, body)
    }
}
