import Plotting
import Testing

@Suite struct RankingTests {
  @Test func `scores that tell all have an area of one`() {
    let ranking = Ranking(scores: [0.9, 0.8, 0.3, 0.1], isPositive: [true, true, false, false])
    #expect(ranking.areaUnderROC == 1)
    #expect(ranking.averagePrecision == 1)
  }

  @Test func `scores the wrong way round have an area of zero`() {
    #expect(Ranking(scores: [0.1, 0.9], isPositive: [true, false]).areaUnderROC == 0)
  }

  @Test func `equal scores are one threshold, so their order does not matter`() {
    let one = Ranking(scores: [1, 1, 1, 1], isPositive: [true, false, true, false])
    let other = Ranking(scores: [1, 1, 1, 1], isPositive: [false, false, true, true])
    #expect(one.roc.count == 2)
    #expect(one.areaUnderROC == 0.5 && other.areaUnderROC == 0.5)
  }

  @Test func `areas are those of scikit-learn`() {
    // roc_auc_score and average_precision_score of its documentation's example.
    let ranking = Ranking(scores: [0.1, 0.4, 0.35, 0.8], isPositive: [false, false, true, true])
    #expect(ranking.areaUnderROC == 0.75)
    #expect(abs(ranking.averagePrecision - 0.833_333_333_333_333_3) < 1e-15)
  }

  @Test func `a score that is not a number ranks last`() {
    let ranking = Ranking(scores: [.nan, 0.1, 0.5], isPositive: [false, true, true])
    #expect(ranking.areaUnderROC == 1)
  }

  @Test func `samples of one kind have no curve`() {
    let ranking = Ranking(scores: [0.1, 0.2], isPositive: [true, true])
    #expect(ranking.roc.isEmpty && ranking.precisionRecall.isEmpty && ranking.areaUnderROC.isNaN)
  }

  @Test func `a curve of precision ends where all are found`() {
    let ranking = Ranking(scores: [0.9, 0.5, 0.4, 0.3], isPositive: [true, true, false, false])
    #expect(ranking.precisionRecall.map(\.x) == [0, 0.5, 1])
  }
}
