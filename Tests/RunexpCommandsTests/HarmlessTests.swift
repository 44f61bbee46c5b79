import Diagnostics
import Testing

/// What a terminal would obey, in names that are somebody else's.
@Suite struct HarmlessTests {
  @Test(arguments: [
    "\u{1B}[2J", "\u{1B}]0;title\u{7}", "a\rb", "\u{9B}31m", "\u{202E}gnp.exe", "\u{2066}x\u{2069}", "\u{7F}",
    "x\u{8}\u{8}", "\u{2028}", "\u{E0041}",
  ])
  func `no command reaches the terminal`(text: String) {
    let scalars = text.harmless.unicodeScalars
    #expect(scalars.count == text.unicodeScalars.count)
    #expect(!scalars.contains { $0.properties.generalCategory == .control })
    #expect(text.harmless != text)
    let said = TextRenderer(SourceMap()).render(Diagnostic("E0615", text, help: text))
    #expect(!said.unicodeScalars.contains { $0.value == 0x1B || $0.value == 0x202E || $0.value == 0x9B })
  }

  @Test(arguments: ["a b", "é", "\u{1F468}\u{200D}\u{1F469}", "می\u{200C}خواهم", "tab\tand\nline", "日本"])
  func `words stay what they are`(text: String) { #expect(text.harmless == text) }
}
