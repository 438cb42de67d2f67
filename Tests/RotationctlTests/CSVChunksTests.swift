import Testing

@testable import rotationctl

@Suite struct CSVChunksTests {
    @Test func testPartsRepeatTheHeaderAndKnowTheirLines() throws {
        let text = "id,name\n1,a\n2,\"b\nc \"\"d\"\"\"\n3,e\n"
        #expect(try CSVChunks.chunks(of: text, limit: 24).map(\.firstLine) == [2, 3, 5])
        #expect(try CSVChunks.chunks(of: text, limit: 24)[1].csv == "id,name\n2,\"b\nc \"\"d\"\"\"\n")
        #expect(try CSVChunks.chunks(of: text, limit: 1000) == [.init(csv: text, firstLine: 2, rows: 3)])
    }

    @Test func testWhatIsNoTableIsRefused() {
        #expect(throws: CSVChunks.Problem.empty) { try CSVChunks.chunks(of: "\n \n", limit: 10) }
        #expect(throws: CSVChunks.Problem.openQuote(line: 3)) { try CSVChunks.chunks(of: "a\n1\n\"2\n3\n", limit: 10) }
        #expect(throws: CSVChunks.Problem.longRow(line: 3)) { try CSVChunks.chunks(of: "a\n1\n12345678\n", limit: 10) }
    }

    /// Whatever the limit, nothing is lost, doubled or broken.
    @Test(arguments: 0..<100)
    func testThePartsTogetherAreTheWhole(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let header = "id,name\r\n"
        let rows = (0..<Int.random(in: 0...40, using: &random)).map { number in
            "\(number)," + (["x", "\"a\nb\"", "\"\"\"\"", "Nguyễn", "\"a,\r\nb\""].randomElement(using: &random) ?? "")
                + "\r\n"
        }
        let limit = Int.random(in: 40...120, using: &random)
        let chunks = try CSVChunks.chunks(of: header + rows.joined(), limit: limit)
        #expect(chunks.allSatisfy { $0.csv.utf8.count <= limit && $0.csv.hasPrefix(header) })
        #expect(chunks.map { $0.csv.dropFirst(header.count) }.joined() == rows.joined())
        #expect(chunks.reduce(0) { $0 + $1.rows } == rows.count)
        var line = 2
        for chunk in chunks {
            #expect(chunk.firstLine == line)
            line += chunk.csv.utf8.count { $0 == 0x0A } - 1
        }
    }
}
