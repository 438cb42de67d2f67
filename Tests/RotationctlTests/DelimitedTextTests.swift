import Testing

@testable import rotationctl

@Suite struct DelimitedTextTests {
    @Test(arguments: [
        ("a,b\n1,2\n", [["a", "b"], ["1", "2"]]),
        ("a;b,c;d\r\n\"x;y\";2;\r\n", [["a", "b,c", "d"], ["x;y", "2", ""]]),
        ("a\tb\n1\t\n", [["a", "b"], ["1", ""]]),
        ("a,b\n\"say \"\"hi\"\"\",\n", [["a", "b"], ["say \"hi\"", ""]]),
        ("a,b\n,\n\n1,2", [["a", "b"], ["1", "2"]]),
        ("\"a\nb\",c\n1,2\n", [["a\nb", "c"], ["1", "2"]]),
    ])
    func testATableIsReadAsSpreadsheetsWriteIt(text: String, rows: [[String]]) throws {
        #expect(try DelimitedText.rows(of: text).map(\.cells) == rows)
    }

    @Test func testRowsKnowTheirLinesAndAnOpenQuoteItsOwn() throws {
        #expect(try DelimitedText.rows(of: "a,b\n\n\"1\n2\",3\n4,5\n").map(\.line) == [1, 3, 5])
        #expect(throws: DelimitedText.OpenQuote(line: 2)) { try DelimitedText.rows(of: "a,b\n1,\"2\n3") }
    }

    @Test(arguments: [",", ";"] as [Character])
    func testWhatIsWrittenIsReadBack(separator: Character) throws {
        let cells = ["a", "b,c;d", "say \"hi\"", "two\nlines", "Nguyễn Ngọc Hiền"]
        let text = DelimitedText.line(["1", "2", "3", "4", "5"], separator: separator) + "\n"
        #expect(try DelimitedText.rows(of: text + DelimitedText.line(cells, separator: separator)).last?.cells == cells)
    }
}
