import JSONCore
import Testing
import Varlink

@Suite struct ValidationTests {
    private let description = Fixture.description

    private static let person: JSON = ["name": "N", "role": "reader", "tags": ["a", "b"]]
    private static let everything: JSONObject = [
        "bool": true, "int": 1, "float": 1.5, "string": "s", "object": ["x": nil], "any": [nil], "role": "writer",
        "person": person, "people": [person, person], "byName": ["k": person], "set": ["one": [:]],
        "matrix": [[1, 2], []], "maybe": "m", "sparse": ["a", nil], "filter": ["states": ["reader", "writer"]],
    ]

    private func refusal(_ parameters: JSONObject) -> String? {
        do throws(VarlinkError) {
            try description.validate(parameters: parameters, of: "Everything")
            return nil
        } catch {
            #expect(error.name == "org.varlink.service.InvalidParameter")
            return error.parameters["parameter"]?.stringValue
        }
    }

    @Test func testParametersAsDescribedAreAccepted() {
        #expect(refusal(Self.everything) == nil)
    }

    @Test(
        arguments: [
            ("/filter/states/0", "nobody", "filter.states[0]"),
            ("/people/1/tags/0", 1, "people[1].tags[0]"),
            ("/byName/k/age", "old", "byName.k.age"),
            ("/matrix/0/1", 1.5, "matrix[0][1]"),
            ("/person/nmae", "N", "person.nmae"),
            ("/person/name", nil, "person.name"),
            ("/unknown", nil, "unknown"),
            ("/set/one", ["x": 1], "set.one.x"),
            ("/any", nil, "any"),
            ("/object", [], "object"),
        ] as [(String, JSON, String)])
    func testTheRefusalNamesTheWay(_ pointer: String, _ value: JSON, _ path: String) throws {
        var parameters = JSON.object(Self.everything)
        parameters[try #require(JSONPointer(pointer))] = value
        #expect(refusal(parameters.objectValue ?? [:]) == path)
    }

    @Test func testAMisspeltNameIsReportedAsWrittenNotAsMissing() {
        var parameters = Self.everything
        parameters["sting"] = parameters.removeValue(forKey: "string")
        #expect(refusal(parameters) == "sting")
    }

    @Test func testAMissingFieldIsRefusedUnlessItIsNullable() {
        for name in Self.everything.keys {
            var parameters = Self.everything
            parameters[name] = nil
            #expect(refusal(parameters) == (["maybe", "filter"].contains(name) ? nil : name))
        }
    }

    @Test func testNullMembersAreDroppedAtEveryLevelButNotInsideFreeValues() throws {
        var parameters = Self.everything
        parameters["maybe"] = .null
        parameters["filter"]?["limit"] = .null
        parameters["people"] = [["name": "N", "age": nil, "role": "reader", "tags": []]]
        let result = try description.validate(parameters: parameters, of: "Everything")
        #expect(result["maybe"] == nil)
        #expect(result["filter"] == ["states": ["reader", "writer"]])
        #expect(result["people"] == [["name": "N", "role": "reader", "tags": []]])
        #expect(result["sparse"] == ["a", nil])
        #expect(result["object"] == ["x": nil])
    }

    /// Every value that the type's own JSON form excludes, at every place of the parameters.
    @Test func testAWrongTypeIsRefusedInEveryPosition() throws {
        let method = try #require(description.method("Everything"))
        var positions = 0
        func visit(_ type: InterfaceDescription.ValueType, _ pointer: JSONPointer, _ path: String) {
            var type = type
            var isNullable = false
            if case .nullable(let inner) = type { (type, isNullable) = (inner, true) }
            if case .named(let name) = type { type = description.type(name)!.type }
            let samples: [JSON] = [nil, true, 7, 1.5, "wrong", [], [nil], [:], ["wrong": 1]]
            for sample in samples where !fits(sample, type) && !(sample.isNull && isNullable) {
                var parameters = JSON.object(Self.everything)
                if sample.isNull, parameters[pointer] == nil { continue }
                parameters[pointer] = sample
                guard parameters[pointer] == sample else { continue }
                positions += 1
                let refused = refusal(parameters.objectValue ?? [:])
                // A wrong object or array is refused at what is wrong inside it.
                #expect(refused?.hasPrefix(path) == true, "\(sample) at \(path) gave \(refused ?? "nothing")")
            }
            switch type {
            case .structure(let structure):
                for field in structure.fields {
                    visit(field.type, pointer.appending(field.name), "\(path).\(field.name)")
                }
            case .array(let element): visit(element, pointer.appending(0), "\(path)[0]")
            case .map(let element):
                let key = path == "set" ? "one" : "k"
                visit(element, pointer.appending(key), "\(path).\(key)")
            default: break
            }
        }
        func fits(_ value: JSON, _ type: InterfaceDescription.ValueType) -> Bool {
            switch (type, value) {
            case (.bool, .bool), (.int, .int), (.float, .int), (.float, .double), (.string, .string): true
            case (.object, .object), (.array, .array([])), (.map, .object([:])): true
            case (.any, let value): !value.isNull
            case (.array(.nullable), .array([nil])): true
            case (.structure(let structure), .object(let object)): structure.fields.isEmpty && object.isEmpty
            default: false
            }
        }
        for field in method.parameters.fields { visit(field.type, JSONPointer(tokens: [field.name]), field.name) }
        #expect(positions > 200)
    }

    @Test func testRepliesAndErrorsAreHeldToTheDescriptionToo() {
        #expect(throws: VarlinkError.invalidParameter("number")) {
            try description.validate(reply: ["number": "one"], of: "Count")
        }
        #expect(throws: VarlinkError.invalidParameter("why")) {
            try description.validate(error: "org.example.test.Broken", parameters: [:])
        }
        #expect(throws: VarlinkError.invalidParameter("org.example.test.None")) {
            try description.validate(error: "org.example.test.None", parameters: [:])
        }
        #expect(throws: VarlinkError.methodNotFound("org.example.test.None")) {
            try description.validate(parameters: [:], of: "None")
        }
    }
}
