import JSONCore
import Workflow

/// What `monthly.yaml` and `dossier.yaml` say, with the forms' choices filled in. config/reports explains every key.
struct ReportSettings: Sendable {
    var monthly: Monthly
    var dossier: Dossier
    /// The pages, by their names without `.mustache`.
    var templates: [String: String]

    struct Monthly: Sendable {
        var title: LocalizedText
        var workflow: String
        var readers: [String]
        var assessed: Set<String>
        var notAssessed: Set<String>
        var fields: Fields
        var places: Places
        /// The best first.
        var levels: [ReportWord]
        var reasons: [ReportWord]
        var kinds: [ReportWord]
        var goodOrAbove: String
        var leader: String
        var blocks: [String]
        var ceiling: Ceiling?
        /// By the level of a unit, or `default`.
        var papers: [String: Paper]
    }

    struct Fields: Sendable { var level, own, vote, kind, block, reason, late: String }

    struct Places: Sendable { var name, posts, vote, difference, corrections: JSONPointer }

    /// How many may be given a level.
    struct Ceiling: Sendable, Equatable {
        var level: String
        var ratio: Fraction
        /// The levels of those who are the whole.
        var of: Set<String>
        var group: Group

        enum Group: String, Sendable { case unit, block, kind }
    }

    /// How a paper is headed and signed, with places such as `{UNIT}` to be filled in.
    struct Paper: Sendable { var superior, issuer, number, signer, place: String }

    struct Dossier: Sendable {
        var title: LocalizedText
        var readers: [String]
        var appeals: JSONPointer
        var program: Program
    }

    struct Program: Sendable {
        var workflow: String
        var keyTasks, progress, recommendations, decisions: JSONPointer
        var statuses: [ReportWord]
        var outcomes: [ReportWord]
        var done: String
        var dropped: String
    }
}

extension ReportSettings.Monthly {
    /// Whether a level counts as "good or above".
    var goodLevels: Set<String> {
        Set(levels.prefix { $0.value != goodOrAbove }.map(\.value) + [goodOrAbove])
    }
}
