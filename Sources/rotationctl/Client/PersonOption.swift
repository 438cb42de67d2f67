import ArgumentParser
import JSONCore

/// For whom a gateway speaks.
struct PersonOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "For gateways: the id of the official for whom this is done.",
            discussion: "Only a uid that the daemon's configuration names as a gateway may say this.", valueName: "id"))
    var person: String?

    var parameters: JSONObject { person.map { ["person": .string($0)] } ?? [:] }
}
