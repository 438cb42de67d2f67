import Foundation
import JSONCore
import PluginKit
import Workflow

/// The rosters in force, and what they say of an official.
struct RosterBook: Sendable {
    let storage: StorageHandle
    let directory: DirectoryCache
    let clock: any Clock
    let calendar: @Sendable () -> WorkCalendar
    let rosters: Current<[RosterDefinition]>

    var today: LocalDate { calendar().date(at: clock.now) }

    /// Reads the rosters of a folder; without the folder there are none.
    /// - Parameter problems: What is wrong is added, each with its place.
    static func load(folder: String, catalog: WorkflowCatalog, _ problems: inout [String]) -> [RosterDefinition] {
        var rosters: [RosterDefinition] = []
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
        for name in names where name.hasSuffix(".yaml") && !name.hasPrefix(".") {
            let path = folder + "/" + name
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
                problems.append("\(path): cannot be read as UTF-8")
                continue
            }
            do throws(DefinitionProblems) {
                let roster = try RosterLoader.load(text, file: path)
                if catalog.newest(roster.workflow) == nil {
                    problems.append("\(path):1:1: opens \"\(roster.workflow)\", and there is no such workflow")
                }
                if rosters.contains(where: { $0.name == roster.name || $0.workflow == roster.workflow }) {
                    problems.append("\(path):1:1: another file is the roster of \"\(roster.workflow)\" already")
                }
                rosters.append(roster)
            } catch {
                problems += error.problems.map(\.description)
            }
        }
        return rosters
    }

    /// What a roster knows of an official who is to be assessed.
    struct Entry: Sendable {
        /// The unit of the main post.
        let unit: String
        /// The opening form without its unit.
        let form: JSON
        let hasLogin: Bool
        /// Whether the directory names several posts, and none of them as the main one.
        let lacksMainPost: Bool
    }

    /// - Parameter cutOff: The posts of this day count.
    /// - Returns: nil when nobody is known by this id, or holds no post on that day.
    func entry(
        of id: String, in roster: RosterDefinition, month: LocalDate, cutOff: LocalDate
    ) async throws(StorageError) -> Entry? {
        guard let official = try await directory.official(id) else { return nil }
        let posts = try await storage.storage.findPosts(official: id, on: cutOff)
            .sorted { ($0.main ? 0 : 1, $0.from, $0.id) < ($1.main ? 0 : 1, $1.from, $1.id) }
        guard let main = posts.first else { return nil }
        let form: JSONObject = [
            "official": .string(id), "full_name": .string(official.fullName),
            "form_kind": main.leader ? "leader" : "staff", "block": JSON(main.block),
            "staff_category": JSON(official.staffCategory),
            "posts": .array(
                posts.map { ["title": .string($0.title), "unit": .string($0.unit), "main": .bool($0.id == main.id)] }),
        ]
        return Entry(
            unit: main.unit,
            form: JSON.object(form.withoutNulls).merging(
                roster.details(of: month, unit: main.unit, today: today, calendar())),
            hasLogin: official.login != nil, lacksMainPost: posts.count > 1 && !main.main)
    }

    /// What the opening form of a case that a recurrence opens is to say beside what the recurrence knows.
    func details(
        workflow: String, official: String, period: String
    ) async throws(StorageError) -> JSON? {
        guard let roster = rosters.read({ $0.first { $0.workflow == workflow } }), let start = roster.start,
            let month = LocalDate(period + "-01"), start <= month
        else { return nil }
        var cutOff = roster.schedule.cutOff.date(of: month, calendar())
        guard var entry = try await entry(of: official, in: roster, month: month, cutOff: cutOff) else { return nil }
        let own = roster.schedule(of: entry.unit)?.cutOff.date(of: month, calendar())
        if let own, own != cutOff {
            cutOff = own
            guard let again = try await self.entry(of: official, in: roster, month: month, cutOff: cutOff) else {
                return nil
            }
            entry = again
        }
        let exists = try await !directory.path(of: entry.unit, on: today).isEmpty
        return exists ? entry.form.merging(["unit": .string(entry.unit)]) : entry.form
    }
}
