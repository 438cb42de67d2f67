import ArgumentParser

/// Measures how fast rotationd carries out steps that are on disk when they are answered, and how near that comes to what
/// the machine can do.
@main
struct RotationdBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotationd-bench",
        abstract: "Measures rotationd with its plugins on this machine.",
        subcommands: [StepsCommand.self, MonthCommand.self], defaultSubcommand: StepsCommand.self)
}
