import ArgumentParser
import JSONCore

/// Who acts, when it is not simply the official of the login.
struct ActingOptions: ParsableArguments {
    @OptionGroup var gateway: PersonOption

    @Option(
        help: ArgumentHelp("For deputies: the id of the absent official, under a delegation.", valueName: "id"))
    var onBehalfOf: String?

    var parameters: JSONObject {
        var parameters = gateway.parameters
        if let onBehalfOf { parameters["onBehalfOf"] = .string(onBehalfOf) }
        return parameters
    }
}
