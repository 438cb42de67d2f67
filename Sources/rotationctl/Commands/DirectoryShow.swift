import ArgumentParser
import JSONCore

struct DirectoryShow: AsyncParsableCommand {
    enum Part: String, ExpressibleByArgument, CaseIterable {
        case units, officials, posts
    }

    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Show units, officials or posts; all of them without an argument.",
        discussion: """
            EXAMPLES
              rotationctl directory show officials --text "nguyen van"
              rotationctl directory show units --text "que trung" --on 2022-07-31
              rotationctl directory show posts --unit xa-que-trung --on 2022-07-31
            """)

    @Argument(help: "units, officials or posts.")
    var part: Part?

    @Option(
        help: ArgumentHelp(
            "Officials or units with these words in the name; case and marks do not matter.", valueName: "words"))
    var text: String?

    @Option(help: ArgumentHelp("Posts of this official.", valueName: "id"))
    var official: String?

    @Option(help: ArgumentHelp("Posts in this unit.", valueName: "id"))
    var unit: String?

    @Option(help: ArgumentHelp("Posts with this role.", valueName: "role"))
    var role: String?

    @Option(help: ArgumentHelp("Units and posts as of this day, such as 2022-07-31; else today.", valueName: "date"))
    var on: String?

    @OptionGroup var daemon: DaemonOptions

    func validate() throws {
        if text != nil, part == nil || part == .posts {
            throw ValidationError("--text goes with: directory show officials, directory show units.")
        }
        if official != nil || unit != nil || role != nil, part != .posts {
            throw ValidationError("--official, --unit and --role go with: directory show posts.")
        }
        if on != nil, part == .officials { throw ValidationError("--on goes with units and posts.") }
    }

    func run() async throws {
        try await daemon.perform({ $0.showDirectory }) { session in
            for (index, part) in (part.map { [$0] } ?? Part.allCases).enumerated() {
                if index > 0, !session.wantsJSON { session.console.print() }
                switch part {
                case .units: try await units(session)
                case .officials: try await officials(session)
                case .posts: try await posts(session)
                }
            }
        }
    }

    private var day: JSON { on.map { JSON.string(Formats(language: .vi).reading($0) ?? $0) } ?? .null }

    private func units(_ session: Session) async throws {
        let parameters: JSONObject = ["on": day, "text": JSON(text)]
        let messages = session.messages
        let formats = Formats(language: session.language)
        try await session.list(
            "Directory.ListUnits", parameters.withoutNulls, member: "units",
            columns: [
                .init(title: messages.unit), .init(title: messages.name, isFlexible: true),
                .init(title: messages.level), .init(title: messages.parentUnit, isFlexible: true),
                .init(title: messages.from),
                .init(title: messages.to),
            ],
            none: messages.nothingFound
        ) { unit in
            [
                .init(try unit.string("id"), .cyan), .init(try unit.string("name")), .init(try unit.string("level")),
                .init(try unit.array("path").compactMap { $0["name"]?.stringValue }.joined(separator: ", ")),
                .init(try unit.optionalString("from").map(formats.date) ?? ""),
                .init(try unit.optionalString("to").map(formats.date) ?? ""),
            ]
        }
    }

    private func officials(_ session: Session) async throws {
        let parameters: JSONObject = ["text": JSON(text)]
        let messages = session.messages
        try await session.list(
            "Directory.ListOfficials", parameters.withoutNulls, member: "officials",
            columns: [
                .init(title: messages.official), .init(title: messages.fullName, isFlexible: true),
                .init(title: messages.login), .init(title: messages.category),
                .init(title: messages.email, isFlexible: true), .init(title: messages.phone),
            ],
            none: messages.nothingFound
        ) { official in
            func cell(_ member: String) throws -> Table.Cell { .init(try official.optionalString(member) ?? "") }
            return [
                .init(try official.string("id"), .cyan), .init(try official.string("fullName")), try cell("login"),
                try cell("staffCategory"), try cell("email"), try cell("phone"),
            ]
        }
    }

    private func posts(_ session: Session) async throws {
        let parameters: JSONObject = [
            "official": JSON(official), "unit": JSON(unit), "role": JSON(role), "on": day,
        ]
        let messages = session.messages
        let formats = Formats(language: session.language)
        try await session.list(
            "Directory.ListPosts", parameters.withoutNulls, member: "posts",
            columns: [
                .init(title: messages.official), .init(title: messages.fullName, isFlexible: true),
                .init(title: messages.unit, isFlexible: true), .init(title: messages.title, isFlexible: true),
                .init(title: messages.roles, isFlexible: true),
                .init(title: messages.main), .init(title: messages.leader), .init(title: messages.block),
                .init(title: messages.from), .init(title: messages.to),
            ],
            none: messages.nothingFound
        ) { post in
            [
                .init(try post.string("official"), .cyan), .init(try post.string("fullName")),
                .init(try post.string("unitName")), .init(try post.string("title")),
                .init(try post.strings("roles").joined(separator: ", ")),
                .init(try post.bool("main") ? messages.yes : ""), .init(try post.bool("leader") ? messages.yes : ""),
                .init(try post.optionalString("block") ?? ""), .init(formats.date(try post.string("from"))),
                .init(try post.optionalString("to").map(formats.date) ?? ""),
            ]
        }
    }
}
