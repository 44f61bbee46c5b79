/// What layers, losses, settings and values are called by PyTorch, TensorFlow 1, Keras 1 and scikit-learn, with Keras 3's words.
///
/// Only for suggestions: nothing is read by these names.
enum ForeignWords {
  /// Settings; of several words the one that the member has is meant.
  private static let settings: [String: [String]] = [
    "out_features": ["units"], "output_dim": ["units"], "hidden_units": ["units"], "hidden_size": ["units"],
    "hidden_dim": ["units"], "num_units": ["units"], "n_hidden": ["units"], "neurons": ["units"],
    "size": ["units", "pool_size", "kernel_size"], "out_channels": ["filters"], "nb_filter": ["filters"],
    "channels": ["filters"], "kernel": ["kernel_size"], "filter_length": ["kernel_size"],
    "filter_size": ["kernel_size"], "ksize": ["kernel_size", "pool_size"], "subsample": ["strides"],
    "border_mode": ["padding"], "pad": ["padding"], "dilation": ["dilation_rate"],
    "dim_ordering": ["data_format"],
    "pool_length": ["pool_size"], "bias": ["use_bias"], "init": ["kernel_initializer"],
    "initializer": ["kernel_initializer"], "weights_initializer": ["kernel_initializer"],
    "inner_init": ["recurrent_initializer"], "inner_activation": ["recurrent_activation"],
    "W_regularizer": ["kernel_regularizer"], "U_regularizer": ["recurrent_regularizer"],
    "b_regularizer": ["bias_regularizer"], "W_constraint": ["kernel_constraint"],
    "b_constraint": ["bias_constraint"], "nonlinearity": ["activation"], "act": ["activation"],
    "p": ["rate"], "prob": ["rate"], "dropout_rate": ["rate"], "drop_rate": ["rate"],
    "dropout_W": ["dropout"], "dropout_U": ["recurrent_dropout"], "sigma": ["stddev"], "std": ["stddev"],
    "eps": ["epsilon"], "num_embeddings": ["input_dim"], "vocab_size": ["input_dim"],
    "embedding_dim": ["output_dim"], "shape": ["target_shape"], "dims": ["dims", "target_shape"],
    "lr": ["learning_rate"], "embed_dim": ["key_dim"],
    "alpha": ["negative_slope", "rho", "learning_rate"], "beta1": ["beta_1"], "beta2": ["beta_2"],
    "betas": ["beta_1"], "lambda": ["l2", "l1"], "max_grad_norm": ["clipnorm"],
    "clip_value": ["clipvalue"], "nb_epoch": ["epochs"], "n_epochs": ["epochs"], "num_epochs": ["epochs"],
    "max_iter": ["epochs"], "batch": ["batch_size"], "bs": ["batch_size"], "minibatch_size": ["batch_size"],
    "validation_data": ["validation"], "val_data": ["validation"], "criterion": ["loss"],
    "objective": ["loss"], "loss_fn": ["loss"], "solver": ["optimizer"],
    "samples_per_epoch": ["steps_per_epoch"],
    "min_epsilon": ["min_delta"], "tolerance": ["min_delta"], "tol": ["min_delta"], "period": ["save_freq"],
    "labels": ["classes", "target"], "y": ["target"], "X": ["features"], "inputs": ["inputs", "features"],
    "sep": ["separator"], "delimiter": ["separator"], "na_values": ["missing"], "usecols": ["features"],
    "dtype": ["types"], "normalize": ["standardize"], "categorical": ["one_hot"], "train_size": ["split"],
    "test_size": ["split"],
  ]

  /// Layers, losses, metrics, optimizers, callbacks, initializers and activations.
  private static let names: [String: [String]] = [
    "linear": ["Dense", "linear"], "fullyconnected": ["Dense"], "fc": ["Dense"],
    "convolution1d": ["Conv1D"], "convolution2d": ["Conv2D"], "convolution3d": ["Conv3D"],
    "convtranspose1d": ["Conv1DTranspose"], "convtranspose2d": ["Conv2DTranspose"],
    "convtranspose3d": ["Conv3DTranspose"], "deconvolution2d": ["Conv2DTranspose"],
    "batchnorm": ["BatchNormalization"], "batchnorm1d": ["BatchNormalization"],
    "batchnorm2d": ["BatchNormalization"], "batchnorm3d": ["BatchNormalization"],
    "layernorm": ["LayerNormalization"], "groupnorm": ["GroupNormalization"],
    "adaptiveavgpool1d": ["GlobalAveragePooling1D"], "adaptiveavgpool2d": ["GlobalAveragePooling2D"],
    "adaptivemaxpool2d": ["GlobalMaxPooling2D"], "avgpool1d": ["AveragePooling1D"],
    "dropout1d": ["SpatialDropout1D"], "dropout2d": ["SpatialDropout2D"], "rnn": ["SimpleRNN"],
    "multiheadattn": ["MultiHeadAttention"], "upsample": ["UpSampling2D"], "view": ["Reshape"],
    "crossentropy": ["sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"],
    "crossentropyloss": ["SparseCategoricalCrossentropy"],
    "softmaxcrossentropy": ["SparseCategoricalCrossentropy"], "nllloss": ["SparseCategoricalCrossentropy"],
    "bceloss": ["BinaryCrossentropy"], "bcewithlogitsloss": ["BinaryCrossentropy"],
    "sigmoidcrossentropy": ["BinaryCrossentropy"], "logloss": ["binary_crossentropy", "BinaryCrossentropy"],
    "mseloss": ["MeanSquaredError"], "meansquare": ["MeanSquaredError"], "squarederror": ["MeanSquaredError"],
    "l2": ["L2", "MeanSquaredError"], "l1": ["L1", "MeanAbsoluteError"], "l1loss": ["MeanAbsoluteError"],
    "absoluteerror": ["MeanAbsoluteError"], "smoothl1": ["Huber"], "smoothl1loss": ["Huber"],
    "huberloss": ["Huber"], "kldivloss": ["KLDivergence"], "hingeembeddingloss": ["Hinge"],
    "poissonnllloss": ["Poisson"], "cosineembeddingloss": ["CosineSimilarity"],
    "rocauc": ["AUC"], "auroc": ["AUC"], "rocaucscore": ["AUC"], "f1": ["F1Score"], "f1micro": ["F1Score"],
    "fscore": ["F1Score"], "r2": ["R2Score"], "rsquared": ["R2Score"], "sensitivity": ["Recall"],
    "truepositiverate": ["Recall"], "accuracyscore": ["accuracy"],
    "top5accuracy": ["TopKCategoricalAccuracy"],
    "topk": ["TopKCategoricalAccuracy"], "jaccard": ["IoU", "MeanIoU"],
    "gradientdescent": ["SGD"], "gradientdescentoptimizer": ["SGD"], "momentum": ["SGD"],
    "momentumoptimizer": ["SGD"], "nesterov": ["SGD"], "adamoptimizer": ["Adam"], "amsgrad": ["Adam"],
    "rmspropoptimizer": ["RMSprop"], "adagradoptimizer": ["Adagrad"], "adadeltaoptimizer": ["Adadelta"],
    "lrscheduler": ["LearningRateScheduler"], "reducelr": ["ReduceLROnPlateau"],
    "checkpoint": ["ModelCheckpoint"], "steplr": ["PiecewiseConstantDecay"],
    "multisteplr": ["PiecewiseConstantDecay"],
    "exponentiallr": ["ExponentialDecay"], "cosineannealinglr": ["CosineDecay"],
    "cosineannealingwarmrestarts": ["CosineDecayRestarts"],
    "xavier": ["glorot_uniform"], "xavieruniform": ["glorot_uniform"], "xaviernormal": ["glorot_normal"],
    "he": ["he_normal"], "kaiming": ["he_normal"], "kaiminguniform": ["he_uniform"],
    "kaimingnormal": ["he_normal"], "lecun": ["lecun_normal"], "glorot": ["glorot_uniform"],
    "gaussian": ["random_normal"], "normal": ["random_normal"], "uniform": ["random_uniform"],
    "logistic": ["sigmoid"], "identity": ["linear", "Identity"], "none": ["linear"], "lrelu": ["leaky_relu"],
    "softrelu": ["softplus"], "hardswish": ["hard_swish"],
  ]

  /// What to write instead of a setting that is another cell's or member's, by whom it was written for.
  static let advice: [String: [String: String]] = [
    "train": [
      "validation_split": "write 'split: {validation: 0.2}' in the data cell",
      "lr": "the rate is the optimizer's: 'optimizer: {Adam: {learning_rate: 0.001}}'",
      "learning_rate": "the rate is the optimizer's: 'optimizer: {Adam: {learning_rate: 0.001}}'",
      "patience": "write 'callbacks: [EarlyStopping: {patience: 5}]'",
      "verbose": "what is shown is chosen on the command line: 'runexp run --help'",
      "sample_weight": "samples are weighed by their class: 'class_weight: {0: 1, 1: 5}'",
      "device": "runexp computes on the processor; remove the line",
    ]
  ]

  private static func fold(_ word: String) -> String {
    word.lowercased().filter { $0 != "_" && $0 != "-" && $0 != " " }
  }

  /// A name without the module before it and the arguments behind it: `torch.optim.Adam(0.1)` is `Adam`.
  private static func bare(_ word: String) -> String {
    let name = word.prefix { $0 != "(" }
    return name.split(separator: ".").last.map(String.init) ?? String(name)
  }

  /// The known setting that a word means elsewhere.
  static func setting(_ word: String, in known: [String]) -> String? {
    settings[word]?.first(where: known.contains)
  }

  /// The known name that a word means elsewhere.
  static func name(_ word: String, in known: [String]) -> String? {
    let bare = bare(word)
    if bare != word, known.contains(bare) { return bare }
    return names[fold(bare)]?.first(where: known.contains)
      ?? (bare == word ? nil : known.first { fold($0) == fold(bare) })
  }
}
