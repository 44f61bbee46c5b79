public import Config

/// Every metric by Keras's names.
public enum MetricRegistry {
  public static let all = Registry<any Metric>(
    "metric", commonKeys: ["name", "dtype"],
    [
      .init(Accuracy.self, aliases: ["acc"]) { $0 },
      EqualLabels.entry,
      .init(SparseCategoricalAccuracy.self, aliases: ["sparse_categorical_accuracy"]) { $0 },
      .init(CategoricalAccuracy.self, aliases: ["categorical_accuracy"]) { $0 },
      .init(BinaryAccuracy.self, aliases: ["binary_accuracy"]) { $0 },
      .init(TopKCategoricalAccuracy.self, aliases: ["top_k_categorical_accuracy"]) { $0 },
      .init(
        SparseTopKCategoricalAccuracy.self, aliases: ["sparse_top_k_categorical_accuracy"]
      ) { $0 },
      .init(LossMetric<MeanAbsoluteError>.self, aliases: ["mae", "MAE", "mean_absolute_error"]) { $0 },
      .init(LossMetric<MeanSquaredError>.self, aliases: ["mse", "MSE", "mean_squared_error"]) { $0 },
      .init(RootMeanSquaredError.self, aliases: ["root_mean_squared_error", "rmse", "RMSE"]) { $0 },
      .init(
        LossMetric<MeanAbsolutePercentageError>.self,
        aliases: ["mape", "MAPE", "mean_absolute_percentage_error"]
      ) { $0 },
      .init(
        LossMetric<MeanSquaredLogarithmicError>.self,
        aliases: ["msle", "MSLE", "mean_squared_logarithmic_error"]
      ) { $0 },
      .init(LogCoshError.self, aliases: ["logcosh", "log_cosh"]) { $0 },
      .init(CosineSimilarityMetric.self, aliases: ["cosine_similarity"]) { $0 },
      .init(LossMetric<Poisson>.self, aliases: ["poisson"]) { $0 },
      .init(LossMetric<KLDivergence>.self, aliases: ["kl_divergence", "kld", "KLD"]) { $0 },
      .init(LossMetric<Hinge>.self, aliases: ["hinge"]) { $0 },
      .init(LossMetric<SquaredHinge>.self, aliases: ["squared_hinge"]) { $0 },
      .init(LossMetric<CategoricalHinge>.self, aliases: ["categorical_hinge"]) { $0 },
      .init(
        LossMetric<SparseCategoricalCrossentropy>.self, aliases: ["sparse_categorical_crossentropy"]
      ) { $0 },
      .init(LossMetric<CategoricalCrossentropy>.self, aliases: ["categorical_crossentropy"]) { $0 },
      .init(LossMetric<BinaryCrossentropy>.self, aliases: ["binary_crossentropy", "bce", "BCE"]) { $0 },
      .init(TruePositives.self) { $0 },
      .init(TrueNegatives.self) { $0 },
      .init(FalsePositives.self) { $0 },
      .init(FalseNegatives.self) { $0 },
      .init(Precision.self, aliases: ["precision"]) { $0 },
      .init(Recall.self, aliases: ["recall"]) { $0 },
      .init(AUC.self, aliases: ["auc"]) { $0 },
      .init(F1Score.self, aliases: ["f1_score"]) { $0 },
      .init(FBetaScore.self, aliases: ["fbeta_score"]) { $0 },
      .init(PearsonCorrelation.self, aliases: ["pearson_correlation"]) { $0 },
      .init(ConcordanceCorrelation.self, aliases: ["concordance_correlation"]) { $0 },
      .init(R2Score.self, aliases: ["r2_score"]) { $0 },
      .init(SensitivityAtSpecificity.self) { $0 },
      .init(SpecificityAtSensitivity.self) { $0 },
      .init(PrecisionAtRecall.self) { $0 },
      .init(RecallAtPrecision.self) { $0 },
      .init(IoU.self) { $0 },
      .init(MeanIoU.self) { $0 },
      .init(OneHotIoU.self) { $0 },
      .init(OneHotMeanIoU.self) { $0 },
      .init(BinaryIoU.self) { $0 },
      .init(Mean.self) { $0 },
      .init(Sum.self) { $0 },
    ])

  /// The name Keras logs a metric under: its own, else the word that was written alone, else the snake case of the
  /// class that was written with settings.
  public static func logName(_ written: String, settings: ConfigNode) -> String {
    if let name = settings["name"]?.string { return name }
    if case .null = settings.content { return written }
    guard let entry = all.find(written), written == entry.name else { return written }
    return ["FBetaScore": "fbeta_score", "LogCoshError": "logcosh"][written]
      ?? entry.name.snakeCased
  }
}
