import ArgumentParser
import Glibc

/// The command line of rotationd: a client of its socket like any other.
@main struct Rotationctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotationctl",
        abstract: "Work with rotationd: cases, tasks, workflows, forms, the directory, and the daemon itself.",
        discussion: """
            Texts are in Vietnamese or English: --language, or else LC_ALL, LC_MESSAGES or LANG, decides. \
            Times are dd/mm/yyyy HH:MM in the daemon's time zone. Tables are cut to the width of the terminal, \
            and only there; colours appear only there and never when NO_COLOR is set.

            With --json the output is for programs: one JSON object a line, one line for each element of a list, \
            with the members that the daemon's interfaces describe (varlinkctl introspect SOCKET org.rotationd.Workflow). \
            An error is then one JSON object on standard error.

            ENVIRONMENT
              ROTATIOND_SOCKET  the daemon's socket. Without it and without --socket: /run/rotationd/org.rotationd, \
            or .run/org.rotationd in the current folder when only that exists.
              VISUAL, EDITOR    the editor for forms; vi without them.
              NO_COLOR          no colours.

            EXIT STATUS
              0   done
              1   status, doctor: something needs a person
              64  the command line is wrong
              65  the form, file or event is refused: it breaks a rule
              66  an input file cannot be read, the form is empty, or there is no such case or workflow
              69  the daemon cannot be reached, or does not know the method
              70  something unexpected
              73  a file cannot be written
              75  nothing was changed; the same command may work later
              77  you may not do this
            """,
        version: "0.1.0",
        groupedSubcommands: [
            CommandGroup(
                name: "Work",
                subcommands: [
                    CaseCommand.self, TaskCommand.self, FormCommand.self, ReportCommand.self, OfficialCommand.self,
                ]),
            CommandGroup(
                name: "Administration",
                subcommands: [
                    StatusCommand.self, WorkflowCommand.self, DirectoryCommand.self, PluginCommand.self,
                    OutboxCommand.self, TemplateCommand.self, DoctorCommand.self, VerifyCommand.self,
                    BackupCommand.self, RestoreCommand.self,
                    ClockCommand.self,
                    RehearseCommand.self, ReloadCommand.self,
                ]),
        ])

    static func main() async {
        // A reader that went away is found out by write(2), see Console.
        signal(SIGPIPE, SIG_IGN)
        await main(nil)
    }
}
