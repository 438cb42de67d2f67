import ArgumentParser

/// `rotationctl case`
struct CaseCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "case", abstract: "Open, read, follow and move cases.",
        subcommands: [
            CaseOpen.self, CaseList.self, CaseShow.self, CaseHistory.self, CaseWatch.self, CaseSend.self,
            CaseSheet.self, CaseSendEach.self, CaseRepair.self,
        ])
}
