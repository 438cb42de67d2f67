import ArgumentParser
import JSONCore

/// `rotationctl official`
struct OfficialCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "official", abstract: "Officials: posts, action program and results over time.",
        subcommands: [OfficialShow.self])
}

struct OfficialShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an official's dossier, as far as you may read it; the reading is journaled.")

    @Argument(help: ArgumentHelp("The official.", valueName: "official"))
    var official: String

    @OptionGroup var acting: ActingOptions
    @OptionGroup var daemon: DaemonOptions

    func run() async throws {
        try await daemon.perform({ $0.reports.dossier(official) }) { session in
            let dossier = try await session.dossier(official, acting)
            if session.wantsJSON { return session.printJSON(dossier) }
            try DossierReport(dossier, session).printTable(on: session.console)
        }
    }
}

struct ReportOfficial: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "official", abstract: "An official's dossier: posts, action program, the level of every month.",
        discussion: """
            EXAMPLES
              rotationctl report official cb-11
              rotationctl report official cb-11 --format html -o cb-11.html
            """)

    @Argument(help: ArgumentHelp("The official.", valueName: "official"))
    var official: String

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if report.chosen == .csv { throw ValidationError("A dossier is no table: table, json or html.") }
    }

    func run() async throws {
        try await report.daemon.perform({ $0.reports.dossier(official) }) { session in
            let dossier = try await session.dossier(official, report.acting)
            switch report.chosen {
            case .table, .csv: try DossierReport(dossier, session).printTable(on: session.console)
            case .json: try report.write("\(JSON.object(dossier))\n", session)
            case .html:
                let values = try DossierReport(dossier, session).page
                try report.write(try await report.page("dossier", values, session), session)
            }
        }
    }
}

extension Session {
    fileprivate func dossier(_ official: String, _ acting: ActingOptions) async throws -> JSONObject {
        var parameters = acting.parameters
        parameters["official"] = .string(official)
        return try await call("Reports.GetDossier", parameters)
    }
}
