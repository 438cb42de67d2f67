import Foundation
import JSONCore
import Testing

/// journald is how administrators watch rotationd, and the witness of what the store was.
@Suite(.needsBed, .timeLimit(.minutes(5))) struct JournalTests {
    /// The journal's entries that match, each as JSON.
    private func entries(_ bed: Bed, _ match: String) async throws -> [JSON] {
        try await bed.run("journalctl --sync; journalctl --no-pager --output json \(match)")
            .split(separator: "\n").map { try JSON(parsing: $0.utf8) }
    }

    @Test(arguments: DebianRelease.allCases)
    func testTheJournalTellsACasesStoryAndNothingOfItsForms(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let official = try await bed.official("cb-11")
        let id = try await bed.official("cb-01").open().id
        _ = try await official.call(
            "SendEvent",
            ["case": .string(id), "event": "save_draft", "form": ["advantages": ["Kín đáo quaint"]], "key": "first"])
        _ = try await official.history(id)
        let story = try await entries(bed, "ROTATIOND_CASE=\(id) --unit rotationd.service")
        // Reading leaves no entry.
        #expect(story.map { $0["ROTATIOND_EVENT"] } == ["$open", "save_draft"])
        let draft = try #require(story.last)
        #expect(draft["MESSAGE"] == "case \(id): save_draft, stays drafting by cb-11")
        #expect(draft["MESSAGE_ID"] == "ccf5210ef07a42789c5a91f548940280" && draft["PRIORITY"] == "6")
        let fields = [
            "WORKFLOW": "rotation-onboarding", "FROM": "drafting", "TO": "drafting", "VERSION": "2",
            "ACTOR": "cb-11", "GATEWAY": "root", "UNIT": "xa-que-trung", "REQUEST": "first", "SCOPE": "0/cb-11",
        ]
        for (name, value) in fields { #expect(draft["ROTATIOND_\(name)"] == .string(value), "\(name)") }
        #expect(draft["CODE_FILE"] == "Daemon/CaseJournal.swift" && draft["CODE_LINE"] != nil)
        #expect(!(try await bed.run("journalctl --no-pager --output export").contains("quaint")))
        // journalctl -x explains with what the entry says in place of the names of fields.
        let explained = try await bed.run("journalctl --no-pager -x --unit 'rotationd*'")
        #expect(
            explained.contains("Subject: A case was opened") && explained.contains("The case \(id) of the workflow"))
        #expect(!explained.contains("@ROTATIOND_"), "\(explained)")
    }

    @Test(arguments: DebianRelease.allCases)
    func testAJournalThatHangsStopsNobody(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        let id = try await bed.official("cb-01").open().id
        let official = try await bed.official("cb-11")
        let queue = try await bed.run("cat /proc/sys/net/unix/max_dgram_qlen").trimmingCharacters(in: .newlines)
        let depth = try #require(Int(queue))
        try await bed.run("systemctl kill --signal STOP systemd-journald.service")
        for _ in 0..<depth + 100 { _ = try await official.saveDraft(id) }
        try await bed.run("systemctl kill --signal CONT systemd-journald.service")
        try await until("every entry arrives") {
            try await entries(bed, "ROTATIOND_CASE=\(id) --unit rotationd.service").count == depth + 101
        }
    }

    @Test(arguments: DebianRelease.allCases)
    func testTheJournalIsWitnessOfAnOlderStore(_ release: DebianRelease) async throws {
        let bed = try await InstalledBed.make(release)
        // Days pass at the pace of the test.
        try await bed.run(
            """
            systemctl stop rotationd.service rotationd-storage-sqlite.service
            rm /var/lib/rotationd-storage-sqlite/rotationd.sqlite*
            sed -i 's/^clock:.*/clock: rehearsal/' /etc/rotationd/rotationd.yaml
            systemctl start rotationd.service
            """)
        try await bed.untilServing()
        try await bed.run("rotationctl directory import /usr/share/rotationd/directory")
        let id = try await bed.official("cb-01").open().id
        _ = try await bed.official("cb-11").saveDraft(id)
        let none = try await bed.attempt("rotationctl verify --against-journal")
        #expect(none.status == 66, "\(none)")
        try await bed.run("rotationctl clock advance 2022-07-02")

        // Somebody else's entry with the same MESSAGE_ID is nobody's seal.
        let seal = try #require(try await entries(bed, "MESSAGE_ID=ab66aeb0e7294e529046f4b1eeb331d1").first)
        #expect(seal["ROTATIOND_DAY"] == "2022-07-01" && seal["ROTATIOND_POSITION"] == "2")
        try await bed.run(
            """
            printf '%s\\n' MESSAGE=forged MESSAGE_ID=ab66aeb0e7294e529046f4b1eeb331d1 ROTATIOND_DAY=2022-07-01 \
                ROTATIOND_POSITION=1 ROTATIOND_HEAD=00 ROTATIOND_STORE=\(seal["ROTATIOND_STORE"]?.stringValue ?? "") |
                logger --journald
            journalctl --sync
            """)
        let sound = try await bed.attempt("rotationctl verify --against-journal --language en")
        #expect(sound.status == 0 && sound.text.contains("1 seals of the journal hold."), "\(sound)")

        // The store of the day before is put back.
        try await bed.run("rotationctl clock advance 2022-07-03; mkdir /root/store")
        let stop = "systemctl stop rotationd.service rotationd-storage-sqlite.service"
        try await bed.run(
            "\(stop); cp -a /var/lib/rotationd-storage-sqlite/. /root/store; systemctl start rotationd.service")
        try await bed.untilServing()
        _ = try await bed.official("cb-11").saveDraft(id)
        try await bed.run("rotationctl clock advance 2022-07-04")
        try await bed.run(
            "\(stop); cp -a /root/store/. /var/lib/rotationd-storage-sqlite; systemctl start rotationd.service")
        try await bed.untilServing()
        #expect(try await bed.attempt("rotationctl verify").status == 0)
        // A copy of the journal is as good a witness.
        try await bed.run(
            "journalctl --sync; mkdir /root/copy; cp -a /run/log/journal/. /var/log/journal/. /root/copy || :")
        for journal in ["--against-journal", "--journal-directory /root/copy"] {
            let altered = try await bed.attempt("rotationctl verify --language en \(journal)")
            #expect(altered.status == 65 && altered.text.contains("but the store ends at 2"), "\(altered)")
        }
    }
}
