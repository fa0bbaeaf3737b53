import Domain

/// What the layout shows around a page; templates reach it as `page`.
struct PageView {
    let title: String
    /// The BCP 47 tag for `lang`.
    let language: String
    let isElder: Bool
    /// Links of the switches; they work without JavaScript.
    let languageLink: String
    let otherLanguage: String
    let otherLanguageName: String
    let elderLink: String
    /// Path and query of this page.
    let target: String
    let csrf: String?
    let isStaff: Bool
    let staff: String?
    /// Addresses of scripts and of style sheets beside the common one.
    let scripts: [String]
    let styles: [String]
    /// How often the page loads itself again where there are no scripts.
    let refreshSeconds: Int?
    var content = ""

    init(
        title: String, _ context: AppRequestContext, scripts: [String] = [], styles: [String] = [],
        refreshSeconds: Int? = nil
    ) {
        self.title = title
        self.refreshSeconds = refreshSeconds
        self.scripts = scripts.map(Self.address)
        self.styles = styles.map(Self.address)
        language = context.language.rawValue
        isElder = context.isElder
        // A page that answers a POST has no address to come back to; its path is the page with the form.
        target = LocalPath.validated(context.target) ?? "/"
        let back = LocalPath.queryEncoded(PageView.withoutLanguage(target))
        let other: Language = context.language == .zhHans ? .en : .zhHans
        otherLanguage = other.rawValue
        otherLanguageName = other == .zhHans ? "中文" : "English"
        languageLink = "/preferences?lang=\(other.rawValue)&to=\(back)"
        elderLink = "/preferences?elder=\(context.isElder ? 0 : 1)&to=\(back)"
        csrf = context.csrfToken
        staff = context.principal.staff?.rawValue
        isStaff = staff != nil
    }

    private static func address(_ name: String) -> String {
        name.hasPrefix("/") ? name : "/assets/" + name
    }

    /// The target without `lang`, which would win over the cookie that the switch sets.
    static func withoutLanguage(_ target: String) -> String {
        let parts = target.split(separator: "?", maxSplits: 1)
        guard parts.count == 2 else { return target }
        let kept = parts[1].split(separator: "&").filter { !$0.hasPrefix("lang=") }
        return String(parts[0]) + (kept.isEmpty ? "" : "?" + kept.joined(separator: "&"))
    }
}
