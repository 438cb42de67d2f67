import PluginKit
import Testing

@Suite struct SearchKeyTests {
    @Test(arguments: [
        ("Nguyễn Ngọc Hiền", "nguyen ngoc hien"), ("Nguye\u{302}\u{303}n", "nguyen"),
        ("ĐẶNG đình Ðức", "dang dinh duc"),
        ("Straße Ångström", "straße angstrom"), ("", ""), ("PLAIN ascii 1", "plain ascii 1"), ("Ươ", "uo"),
    ])
    func aSearchKeyIsLowerCaseWithoutMarks(text: String, key: String) { #expect(searchKey(text) == key) }
}
