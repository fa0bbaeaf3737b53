import Testing
import Web

@Suite struct JSONValueTests {
    @Test(arguments: [
        (#" {"a":[1,-2.5e1,true,false,null,"\u00e9\ud83d\ude00\n"]} "#, true), ("0", true), ("-0.0", true),
        ("1e2", true),
        ("", false), ("01", false), ("1.", false), (".5", false), ("+1", false), ("nul", false), ("[1,]", false),
        ("{\"a\":1,}", false), ("{a:1}", false), ("'a'", false), ("\"\u{9}\"", false), (#""\ud800""#, false),
        (#""\udc00\ud800""#, false), (#""\x41""#, false), ("1 2", false), ("NaN", false), ("1e999", false),
        (#"{"a":1,"a":1}"#, false), (String(repeating: "[", count: 40) + String(repeating: "]", count: 40), false),
    ])
    func text_isReadStrictly(text: String, isValid: Bool) {
        #expect((JSONValue(parsing: Array(text.utf8)) != nil) == isValid)
    }

    @Test func value_isWrittenAndReadBack() {
        let value: JSONValue = [
            "text": "a\"\\\n\u{1}\u{2028}证😀", "list": [1, .double(0.5), true, .null], "int": .int(.min),
        ]
        #expect(JSONValue(parsing: Array(value.text.utf8)) == value)
        #expect(value.text.hasPrefix(#"{"int":-9223372036854775808,"list":[1,0.5,true,null],"text":"a\"\\\n\u0001"#))
    }
}
