import JSONCore
import Testing
import Varlink

/// Every parameter of every method, each given values of every type that it is not.
@Suite(.serialized, .daemon(), .timeLimit(.minutes(2))) struct WrongTypeTests {
    @Test(arguments: ["org.rotationd.Workflow", "org.rotationd.Directory", "org.rotationd.Manager"])
    func testAParameterOfAWrongTypeIsNamedAndNothingHappens(interface: String) async throws {
        let daemon = try TestDaemon.ofSuite()
        let before = try await daemon.dump()
        let client = try await daemon.connect()
        let reply = try await client.call(
            "org.varlink.service.GetInterfaceDescription", ["interface": .string(interface)])
        let description = try InterfaceDescription(parsing: reply.string("description"))
        var calls = 0
        for method in description.methods {
            let generator = WrongParameters(description: description)
            for (parameters, path) in generator.of(method.parameters) {
                calls += 1
                await #expect(throws: VarlinkError.invalidParameter(path), "\(method.name) \(parameters)") {
                    try await client.call("\(interface).\(method.name)", parameters)
                }
            }
        }
        // An unknown parameter in every method, at least.
        #expect(calls >= description.methods.count)
        #expect(try await daemon.dump() == before)
    }

    /// Values of the right type that no method can do anything with.
    @Test(
        arguments: [
            ("Workflow.ListCases", "limit", 0), ("Workflow.ListCases", "limit", 1001),
            ("Workflow.GetHistory", "limit", -1),
            ("Workflow.GetHistory", "after", -1), ("Workflow.ListTasks", "limit", .int(.max)),
            ("Workflow.ListTasks", "cursor", "?"), ("Workflow.OpenCase", "key", ""),
            ("Workflow.OpenCase", "key", .string(String(repeating: "k", count: 201))),
            ("Directory.ListOfficials", "limit", 0), ("Directory.ListOfficials", "limit", 1001),
            ("Directory.ListUnits", "on", "2022-02-30"),
            ("Directory.ListPosts", "on", "yesterday"), ("Directory.StageImport", "firstLine", .int(.min)),
            ("Directory.StageImport", "firstLine", .int(.max)), ("Manager.AdvanceClock", "to", "tomorrow"),
            ("Manager.Backup", "keep", 0), ("Manager.Backup", "keep", 1001), ("Manager.ListMessages", "limit", 0),
            ("Manager.ListMessages", "limit", 1001), ("Manager.RetryMessages", "ids", []),
        ] as [(String, String, JSON)])
    func testAValueOutOfRangeIsNamed(method: String, parameter: String, value: JSON) async throws {
        let daemon = try TestDaemon.ofSuite()
        let before = try await daemon.dump()
        let gateway = try await daemon.client("cb-01")
        var parameters: JSONObject = [:]
        switch method {
        case "Workflow.GetHistory":
            parameters["case"] = .string(try await gateway.open("rotation-onboarding", Samples.form("rotation")).id)
        case "Workflow.OpenCase":
            parameters = ["workflow": "rotation-onboarding", "form": try Samples.form("rotation")]
        case "Directory.StageImport":
            parameters = ["import": "range", "table": "units", "csv": "id,name,level\n", "file": "units.csv"]
        case "Manager.ListMessages": parameters = ["state": "parked"]
        default: break
        }
        parameters[parameter] = value
        if method.hasPrefix("Workflow") { parameters["person"] = "cb-01" }
        await #expect(throws: VarlinkError.invalidParameter(parameter)) {
            try await gateway.client.call("org.rotationd." + method, parameters)
        }
        if method != "Workflow.GetHistory" { #expect(try await daemon.dump() == before) }
    }
}

/// Parameters that are right but for one value.
struct WrongParameters {
    let description: InterfaceDescription

    /// - Returns: Each with the path of the wrong value.
    func of(_ structure: InterfaceDescription.Structure) -> [(JSONObject, String)] {
        wrong(.structure(structure)).compactMap { value, path in value.objectValue.map { ($0, path) } }
    }

    /// A right value.
    private func right(_ type: InterfaceDescription.ValueType) -> JSON {
        switch type {
        case .bool: true
        case .int: 7
        case .float: 1.5
        case .string: "text"
        case .object: [:]
        case .any: "anything"
        case .enumeration(let cases): .string(cases[0].name)
        case .named(let name): description.type(name).map { right($0.type) } ?? .null
        case .array(let type): [right(type)]
        case .map(let type): ["member": right(type)]
        case .nullable(let type): right(type)
        case .structure(let structure):
            .object(JSONObject(structure.fields.map { ($0.name, right($0.type)) }) { $1 })
        }
    }

    /// Wrong values, and the path from this value to what is wrong in them.
    private func wrong(_ type: InterfaceDescription.ValueType) -> [(JSON, String)] {
        let others: [JSON] = [.null, true, 7, 1.5, "?", [], [:]]
        func without(_ right: (JSON) -> Bool) -> [(JSON, String)] { others.filter { !right($0) }.map { ($0, "") } }
        switch type {
        case .bool: return without { $0.boolValue != nil }
        case .int: return without { $0.intValue != nil } + [(.double(1e30), "")]
        case .float: return without { $0.numberValue != nil }
        case .string: return without { $0.stringValue != nil }
        case .object: return without { $0.objectValue != nil }
        case .any: return [(.null, "")]
        case .enumeration: return others.map { ($0, "") }
        case .named(let name): return description.type(name).map { wrong($0.type) } ?? []
        case .nullable(let type): return wrong(type).filter { !$0.0.isNull }
        case .array(let type):
            return without { $0.arrayValue != nil }
                + wrong(type).map { ([right(type), $0], Self.join("[1]", $1)) }
        case .map(let type):
            return without { $0.objectValue != nil }
                + wrong(type).map { (["right": right(type), "wrong": $0], Self.join("wrong", $1)) }
        case .structure(let structure):
            let whole = right(type).objectValue ?? [:]
            var values = without { $0.objectValue != nil }
            values.append((JSON.object(whole.merging(["surprise": 1]) { $1 }), "surprise"))
            for field in structure.fields {
                if case .nullable = field.type {
                } else {
                    values.append((.object(whole.filter { $0.key != field.name }), field.name))
                }
                for (value, path) in wrong(field.type) {
                    values.append((.object(whole.merging([field.name: value]) { $1 }), Self.join(field.name, path)))
                }
            }
            return values
        }
    }

    private static func join(_ name: String, _ path: String) -> String {
        path.isEmpty || path.hasPrefix("[") ? name + path : name + "." + path
    }
}
