import Testing

@testable import rotationctl

@Suite struct FormatsTests {
    private let vi = Formats(language: .vi)
    private let en = Formats(language: .en)

    @Test func testTimesAreInTheDaemonsZone() {
        #expect(vi.time("2022-07-31T18:30:00.000Z") == "01/08/2022 01:30")
        #expect(Formats(language: .en, timeZone: "UTC").time("2022-07-31T18:30:00.000Z") == "31/07/2022 18:30")
        #expect(Formats(language: .en, timeZone: "Nowhere/City").time("2022-07-31T18:30:00Z") == "01/08/2022 01:30")
        #expect(vi.time("2022-07-31") == "31/07/2022")
        #expect(vi.date("2022-07") == "07/2022")
        #expect(vi.time("later") == "later")
    }

    @Test func testNumbersAreWrittenAsTheLanguageDoes() {
        #expect([0, 999, 1000, 1_234_567, -1234].map(vi.number) == ["0", "999", "1.000", "1.234.567", "-1.234"])
        #expect(en.number(1_234_567) == "1,234,567")
        #expect(vi.number(1234.56) == "1.234,6")
        #expect(en.number(-0.04) == "0.0")
        #expect(
            [999, 1000, 999_949, 999_950, 12_345_678].map(vi.bytes) == [
                "999 B", "1,0 kB", "999,9 kB", "1,0 MB", "12,3 MB",
            ])
    }

    @Test(arguments: [
        ("2022-08-01", "2022-08-01"), ("01/08/2022", "2022-08-01"), ("01/08/2022 07:30", "2022-08-01T00:30:00.000Z"),
        ("2022-08-01 07:30", "2022-08-01T00:30:00.000Z"), ("2022-08-01T07:30:00+07:00", "2022-08-01T07:30:00+07:00"),
        ("31/02/2022", nil), ("tomorrow", nil), ("", nil), ("2022-08-01 25:00", nil), ("2022-08-01 1 2", nil),
    ])
    func testAPersonsWayOfWritingATimeIsUnderstood(text: String, time: String?) {
        #expect(vi.reading(text) == time)
    }
}
