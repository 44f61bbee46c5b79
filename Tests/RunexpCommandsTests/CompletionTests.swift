import Foundation
import Testing

@Suite("Completion") struct CompletionTests {
  /// What is offered at the end of a line, without the notes.
  private func offers(_ line: String, in place: Workplace) throws -> [String] {
    let outcome = try place.runexp("complete", "--", line)
    #expect(outcome.status == 0)
    #expect(outcome.err == "")
    return outcome.out.split(separator: "\n").map { String($0.prefix { $0 != "\t" }) }
  }

  private func place() throws -> Workplace {
    let place = try Workplace()
    try place.write(
      "experiment: a\nparams: {rate: 0.1, rounds: 3, width: $(2 * rounds)}\ncells: []\n", to: "a.exp")
    try place.write("experiment: b\nparams: {deep: 1}\ncells: []\n", to: "experiments/b c.exp")
    try place.write("experiment: [\n", to: "broken.exp")
    try place.write("x,y\n1,2\n", to: "rows.csv")
    try place.write("", to: "m.keras")
    for run in ["mlp-2", "mlp-10", "cnn-1"] { try place.write("no log", to: "reports/\(run)/run.sqlite") }
    try place.write("", to: "reports/mlp-3/report.html")
    try place.write("no index", to: "reports/index.sqlite")
    return place
  }

  @Test("a bare line offers commands, experiments and folders")
  func bare() throws {
    let offers = try offers("runexp ", in: place())
    #expect(offers.contains("run") && offers.contains("describe") && offers.contains("a.exp"))
    #expect(offers.contains("experiments/") && !offers.contains("rows.csv") && !offers.contains("complete"))
    #expect(try self.offers("runexp re", in: place()) == ["resume", "report", "reproduce", "reports/"])
  }

  @Test("files are those that a command reads")
  func files() throws {
    let place = try place()
    #expect(try offers("runexp run ", in: place) == ["a.exp", "broken.exp", "experiments/", "reports/"])
    #expect(try offers("runexp check experiments/", in: place) == ["experiments/b c.exp"])
    #expect(try offers("runexp check 'experiments/b ", in: place) == ["experiments/b c.exp"])
    #expect(try offers("runexp check experiments/b\\ ", in: place) == ["experiments/b c.exp"])
    #expect(try offers("runexp predict m.keras r", in: place) == ["reports/", "rows.csv"])
    #expect(try offers("runexp convert m", in: place) == ["m.keras"])
    #expect(try offers("runexp report mlp-2 -o r", in: place) == ["reports/", "rows.csv"])
    #expect(try offers("runexp run ./no/such/", in: place) == [])
  }

  @Test("runs are offered by their numbers, of broken folders too, and those without a log are not")
  func runs() throws {
    let place = try place()
    #expect(try offers("runexp diff ", in: place).prefix(4) == ["latest", "cnn-1", "mlp-2", "mlp-10"])
    #expect(try offers("runexp diff mlp-2 m", in: place) == ["mlp-2", "mlp-10"])
    #expect(try offers("runexp diff mlp-2 mlp-10 ", in: place) == [])
    #expect(try offers("runexp show m", in: place) == ["mlp-2", "mlp-10", "m.keras"])
    #expect(try offers("runexp compare mlp-2 --baseline c", in: place) == ["cnn-1"])
    #expect(try offers("runexp list ", in: place) == ["cnn", "mlp"])
    #expect(try offers("runexp show --reports reports ml", in: place) == ["mlp-2", "mlp-10"])
    #expect(try offers("runexp show --reports experiments ml", in: place) == [])
  }

  @Test("the keys of -p are the parameters of the file on the line")
  func parameters() throws {
    let place = try place()
    #expect(try offers("runexp a.exp -p r", in: place) == ["rate=", "rounds="])
    #expect(try offers("runexp check a.exp -p rate=0.3 --param w", in: place) == ["width="])
    #expect(try offers("runexp run 'experiments/b c.exp' --param=d", in: place) == ["--param=deep="])
    #expect(try offers("runexp run -p ", in: place) == [])
    #expect(try offers("runexp run broken.exp -p ", in: place) == [])
    #expect(try offers("runexp run no.exp -p ", in: place) == [])
    #expect(try place.runexp("complete", "--", "runexp a.exp -p ra").out == "rate=\t0.1\n")
  }

  @Test("a pipe with the name of an experiment is not waited for")
  func pipes() throws {
    let place = try place()
    #expect(mkfifo(place.folder.path + "/pipe.exp", 0o600) == 0)
    #expect(try offers("runexp run pipe.exp -p ", in: place) == [])
  }

  @Test("layers, codes, options and their words are offered")
  func words() throws {
    let place = try place()
    #expect(try offers("runexp describe Conv2DT", in: place) == ["Conv2DTranspose"])
    #expect(try offers("runexp describe early", in: place) == [])
    #expect(try offers("runexp explain e020", in: place).contains("E0204"))
    #expect(try offers("runexp run --t", in: place) == ["--threads", "--tag", "--tensorboard"])
    #expect(try offers("runexp export mlp-2 --to k", in: place) == ["keras-python"])
    #expect(try offers("runexp list --color=a", in: place) == ["--color=auto", "--color=always"])
    #expect(try offers("runexp run -- -", in: place) == [])
    #expect(try offers("runexp run --seed ", in: place) == [])
    #expect(try offers("", in: place).contains("run"))
  }

  @Test("bash is answered with what is missing of the word it sees")
  func bash() throws {
    let place = try place()
    let script = Workplace.repository.path + "/scripts/completion/runexp.bash"
    func replies(_ line: String, word: String) throws -> String {
      try place.shell(
        """
        bash -c 'source "$1"; compopt() { :; }; COMP_LINE=$2; COMP_POINT=${#COMP_LINE}; _runexp "$RUNEXP" "$3"
          printf "%s|" "${COMPREPLY[@]}"' bash '\(script)' '\(line)' '\(word)'
        """
      ).out
    }
    #expect(try replies("runexp a.exp -p ro", word: "ro") == "rounds=|")
    #expect(try replies("runexp run a.exp --param=ro", word: "ro") == "rounds=|")
    #expect(try replies("runexp list --color=ne", word: "ne") == "never|")
    #expect(try replies("runexp check experiments/", word: "experiments/") == "experiments/b c.exp|")
  }

  @Test("the manual page has every command and option, and is the same each time")
  func manual() throws {
    let place = try place()
    let page = try place.runexp("manual").out
    #expect(try place.runexp("manual").out == page)
    for words in [
      ".TH RUNEXP 1", "runexp reproduce <what>", "\\-\\-include\\-data\\-up\\-to <MB>", "RUNEXP_REPORTS",
    ] {
      #expect(page.contains(words))
    }
    #expect(!page.contains("runexp complete") && !page.contains("runexp manual"))
  }
}
