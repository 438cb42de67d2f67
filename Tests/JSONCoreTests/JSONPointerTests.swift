import JSONCore
import Testing

@Suite struct JSONPointerTests {
    @Test func testTheExamplesOfRFC6901() throws {
        let document = try JSON(
            parsing: #"{"foo": ["bar", "baz"], "": 0, "a/b": 1, "m~n": 8, "k\"l": 6}"#)
        let expected: [(String, JSON)] = [
            ("/foo/0", "bar"), ("/", 0), ("/a~1b", 1), ("/m~0n", 8), ("/k\"l", 6), ("", document),
        ]
        for (text, value) in expected {
            let pointer = try #require(JSONPointer(text))
            #expect(document[pointer] == value)
            #expect(pointer.description == text)
        }
        #expect(JSONPointer("a") == nil)
        #expect(JSONPointer("/~2") == nil)
        #expect(document[JSONPointer("/foo/01")!] == nil)
        #expect(document[JSONPointer("/foo/2")!] == nil)
    }

    @Test func testSettingMakesTheObjectsOnTheWayAndRemovingTakesOnlyThePlace() {
        var document: JSON = [:]
        document[JSONPointer("/a/b")!] = 1
        document[JSONPointer("/a/list")!] = []
        document[JSONPointer("/a/list/-")!] = "x"
        document[JSONPointer("/a/list/1")!] = "y"
        document[JSONPointer("/a/list/9")!] = "lost"
        #expect(document == ["a": ["b": 1, "list": ["x", "y"]]])
        document[JSONPointer("/a/list/0")!] = nil
        document[JSONPointer("/a/b")!] = nil
        document[JSONPointer("/c/d")!] = nil
        #expect(document == ["a": ["list": ["y"]]])
    }
}
