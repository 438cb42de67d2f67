import JSONCore
import Mustache

/// Fills a page in.
enum ReportPage {
    /// - Parameter templates: All pages by name; each may take in another (`{{> paper}}`).
    static func render(
        _ name: String, _ templates: [String: String], _ values: [String: Any], _ messages: Messages
    ) throws(Failure) -> String {
        var library = MustacheLibrary()
        for (template, text) in templates.sorted(by: { $0.key < $1.key }) {
            do { try library.register(text, named: template) } catch {
                throw Failure(.data, messages.reports.badTemplate(template, "\(error)"))
            }
        }
        guard let page = library.render(values, withTemplate: name) else {
            throw Failure(.noInput, messages.reports.noTemplate(name))
        }
        return page
    }
}
