import JSONCore

/// Values that careless storage changes.
enum ConformanceSamples {
    /// Composed and decomposed Vietnamese, characters beyond the basic plane, controls, quotes, separators.
    static let text =
        "Nguyễn Ngọc Hiền · Nguye\u{302}\u{303}n Ngo\u{323}c · đĐ\u{D0} · 𠀋🇻🇳 · \"\\/ \u{1}\t\n\r\u{7F}\u{85}\u{2028}\u{FEFF}\u{FFFD} '; DROP"

    static let document: JSON = [
        "text": .string(text), "": "an empty name", "a/b~c": "a name with a slash",
        "null": nil, "true": true, "false": false, "zero": 0, "minus": -1, "largest": .int(.max),
        "smallest": .int(.min),
        "beyond doubles": 9_007_199_254_740_993, "tenth": 0.1, "tiny": .double(.leastNonzeroMagnitude),
        "huge": 1.7976931348623157e308,
        "third": .double(1.0 / 3), "empty": ["", [], [:]], "nested": [["x": [["y": [nil, 1, "2"]]]]],
        "Chỉ tiêu": ["đơn vị": "%", "hiện trạng": 12.5],
    ]
}
