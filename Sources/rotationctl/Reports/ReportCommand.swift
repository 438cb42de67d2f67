import ArgumentParser
import JSONCore

/// `rotationctl report`
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Reports: the month of a unit or a district, the dossier of an official.",
        subcommands: [ReportMonthly.self, ReportOfficial.self])
}

struct ReportMonthly: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "monthly", abstract: "Summarise the monthly assessment of a unit, or of all units below it.",
        discussion: """
            Counted when it is asked for, by blocks: headcount, assessed and not assessed, each level, the change against \
            the month before. A page (html) has the list of names behind it, as have json and, with --names, the other \
            formats; who has read names is journaled.

            EXAMPLES
              rotationctl report monthly --unit xa-ninh-phuoc --period 2022-07
              rotationctl report monthly --unit xa-ninh-phuoc --period 2022-07 --format html -o 2022-07.html
              rotationctl report monthly --unit huyen-nong-son --period 2022-07 --recursive --format csv --bom
            """)

    @Option(help: ArgumentHelp("The unit.", valueName: "id"))
    var unit: String

    @Option(help: ArgumentHelp("The month, such as 2022-07.", valueName: "period"))
    var period: String

    @Flag(name: .shortAndLong, help: "A line for the unit and for each below it, in place of its blocks.")
    var recursive = false

    @Flag(help: "The list of names too (table), or in place of the numbers (csv).")
    var names = false

    @Flag(help: "For csv: begin with a byte order mark, by which Excel knows the letters.")
    var bom = false

    @Option(help: ArgumentHelp("For html: the paper's number.", valueName: "number"))
    var number: String?

    @Option(help: ArgumentHelp("For html: the paper's date, such as 05/08/2022; else today.", valueName: "date"))
    var date: String?

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if recursive, names { throw ValidationError("--names goes with one unit, without --recursive.") }
        if bom, report.chosen != .csv { throw ValidationError("--bom goes with --format csv.") }
        if number != nil || date != nil, report.chosen != .html {
            throw ValidationError("--number and --date go with --format html.")
        }
        if let date, Formats(language: .vi).reading(date) == nil {
            throw ValidationError("--date \(date): write 05/08/2022 or 2022-08-05.")
        }
    }

    func run() async throws {
        try await report.daemon.perform({ $0.reports.monthly(unit, period) }) { session in
            var parameters = report.acting.parameters
            parameters["unit"] = .string(unit)
            parameters["period"] = .string(period)
            let list = parameters
            if recursive { parameters["recursive"] = true }
            let summary = try await session.call("Reports.GetMonthlySummary", parameters)
            var results: [JSONObject] = []
            var kinds: [JSON] = []
            if !recursive, names || [.json, .html].contains(report.chosen) {
                (results, kinds) = try await Self.results(list, session)
            }
            let month = try MonthlyReport(summary, results: results, kinds: kinds, session)
            switch report.chosen {
            case .table: try month.printTable(on: session.console, names: names)
            case .csv: try report.write(names ? month.namesCSV(hasMark: bom) : month.csv(hasMark: bom), session)
            case .json:
                var json = summary
                if !recursive { json["results"] = .array(results.map(JSON.object)) }
                try report.write("\(JSON.object(json))\n", session)
            case .html:
                let day = date.flatMap { Formats(language: .vi).reading($0) } ?? summary["madeOn"]?.stringValue ?? ""
                let values = month.page(number: number, date: String(day.prefix(10)))
                try report.write(try await report.page("monthly", values, session), session)
            }
        }
    }

    private static func results(
        _ parameters: JSONObject, _ session: Session
    ) async throws -> (results: [JSONObject], kinds: [JSON]) {
        var results: [JSONObject] = []
        var parameters = parameters
        parameters["limit"] = 500
        while true {
            let reply = try await session.call("Reports.ListMonthlyResults", parameters)
            results += try reply.array("results").compactMap(\.objectValue)
            guard let cursor = try reply.optionalString("cursor") else { return (results, try reply.array("kinds")) }
            parameters["cursor"] = .string(cursor)
        }
    }
}
