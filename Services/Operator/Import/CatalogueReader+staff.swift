import Domain

extension CatalogueReader {
    static func staff(_ value: DocumentValue) -> StaffInput? {
        guard let fields = value.fields() else { return nil }
        let staff = Staff(
            id: fields.required("id")?.identifier() ?? "",
            name: fields.required("name")?.string() ?? "",
            roles: fields.required("roles")?.list().compactMap(assignment) ?? [],
            skills: fields.optional("skills")?.list().compactMap { $0.identifier() })
        let password = fields.required("password")?.string() ?? ""
        fields.finish()
        return StaffInput(staff: staff, initialPassword: password)
    }

    private static func assignment(_ value: DocumentValue) -> Staff.Assignment? {
        guard let fields = value.fields() else { return nil }
        let hall: HallID? = fields.required("hall")?.identifier()
        let role: Role? = fields.required("role")?.choice()
        fields.finish()
        guard let hall, let role else { return nil }
        return Staff.Assignment(hall: hall, role: role)
    }
}
