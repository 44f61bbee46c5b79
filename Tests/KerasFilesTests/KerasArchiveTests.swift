import Config
import Diagnostics
import Foundation
import HDF5Files
import KerasFiles
import TensorCore
import Testing

@Suite struct KerasArchiveReading {
  @Test func `a model of Keras 3 is read whole`() throws {
    let archive = try KerasArchive.read(try fixture("keras3"))
    #expect(archive.kerasVersion.hasPrefix("3."))
    #expect(archive.backend == "tensorflow")
    #expect(archive.modelConfig?["class_name"]?.string == "Sequential")
    #expect(archive.trainingConfig?["loss"]?.string == "sparse_categorical_crossentropy")
    #expect(archive.layers.map(\.name) == ["dense", "batch_normalization", "dense_1"])
    #expect(archive.layers[0].weights.map(\.path) == ["sequential/dense/kernel", "sequential/dense/bias"])
    #expect(archive.layers[0].weights.map(\.shape) == [[3, 4], [4]])
    #expect(archive.topLevel == [])
    #expect(archive.optimizer[0] == SavedVariable("sgd/iteration", 4))
    #expect(archive.optimizer[1].path == "sgd/learning_rate")
    #expect(try archive.optimizer[1].tensor() == Tensor([], [0.01]))
    #expect(archive.notes == [])
  }

  @Test func `a model of Keras 2 keeps its names`() throws {
    let archive = try KerasArchive.read(try fixture("keras2"))
    #expect(archive.kerasVersion.hasPrefix("2."))
    #expect(archive.layers[0].weights.map(\.path) == ["dense/kernel:0", "dense/bias:0"])
    #expect(archive.optimizer[0] == SavedVariable("iteration:0", 4))
  }

  @Test(arguments: ["compressed", "fixed_strings", "split_names", "big_endian"])
  func `other ways to store the same are the same`(name: String) throws {
    expectSame(try KerasArchive.read(try fixture(name)), try KerasArchive.read(try fixture("keras3")), name)
  }

  @Test func `double precision is rounded with a note`() throws {
    let archive = try KerasArchive.read(try fixture("double"))
    let single = try KerasArchive.read(try fixture("keras3"))
    let (double, plain) = (archive.layers.flatMap(\.weights), single.layers.flatMap(\.weights))
    #expect(try double.map { try $0.tensor() } == plain.map { try $0.tensor() })
    #expect(archive.layers[0].weights[0].element == .float64)
    #expect(archive.optimizer[0] == SavedVariable("sgd/iteration", 4, element: .int32))
    #expect(archive.notes.map(\.code) == ["E0613"])
  }

  @Test func `half precision is read`() throws {
    let half = try KerasArchive.read(try fixture("half")).layers[0].weights[0]
    let single = try KerasArchive.read(try fixture("keras3")).layers[0].weights[0]
    #expect(half.element == .float16)
    #expect(try half.tensor().elements == single.tensor().elements.map { Float(Float16($0)) })
  }

  @Test func `a file of weights has no configuration`() throws {
    let archive = try KerasArchive.read(try fixture("weights_only"))
    let model = try KerasArchive.read(try fixture("keras3"))
    #expect(archive.modelConfig == nil)
    #expect(archive.optimizer == [])
    #expect(archive.layers == model.layers)
  }

  @Test(arguments: [
    ("bad_huge", "E0605"), ("bad_overflow", "E0605"), ("bad_virtual", "E0604"),
    ("bad_external_data", "E0604"),
    ("bad_circle", "E0604"), ("bad_external_link", "E0604"), ("bad_group", "E0603"), ("bad_text", "E0604"),
    ("bad_index", "E0605"),
    ("bad_missing", "E0611"),
  ])
  func `hostile content is a diagnostic`(name: String, code: String) throws {
    #expect(codeOfReading(try fixture(name)) == code)
  }

  /// The library copies beyond its buffers when it opens such a dataset.
  @Test func `a virtual dataset with a damaged selection is not opened`() throws {
    try withFolder { folder in
      var data = try bytes(try fixture("bad_virtual"))
      for (place, byte) in [
        (0x78F, 255), (0x886, 41), (0x105C, 230), (0x17AA, 32), (0x17F7, 255), (0x1978, 255),
      ] { data[place] = UInt8(byte) }
      let path = folder + "/m.h5"
      try data.write(to: URL(filePath: path))
      #expect(codeOfReading(path) == "E0604")
    }
  }

  @Test func `a folder, a missing file and a text file are told apart from models`() throws {
    try withFolder { folder in
      let text = folder + "/text.h5"
      try Data("not a model, but long enough to look for a signature in".utf8).write(to: URL(filePath: text))
      #expect(codeOfReading(folder) == "E0601")
      #expect(codeOfReading(folder + "/absent.h5") == "E0601")
      #expect(codeOfReading(text) == "E0602")
      // Reading a pipe would wait for somebody to write, reading a device would never end.
      try #require(mkfifo(folder + "/pipe.h5", 0o600) == 0)
      for path in [folder + "/pipe.h5", "/dev/zero"] {
        #expect(throws: Diagnostic.self) { _ = try ModelFile.load(path, seed: 1) }
      }
    }
  }

  @Test func `a configuration that is not JSON is named`() throws {
    try withFolder { folder in
      let path = folder + "/x.h5"
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.set("layer_names", to: [], .ascii)
        try root.set("model_config", to: "{'a': 1}", .ascii)
      }
      let error = #expect(throws: Diagnostic.self) { try KerasArchive.read(path) }
      #expect(error?.code == "E0612")
      #expect(error?.message.contains("model_config") == true)
    }
  }

  @Test func `one dataset named again and again cannot exhaust the memory`() throws {
    try withFolder { folder in
      let path = folder + "/x.h5"
      try H5File.write(to: path) { root throws(Diagnostic) in
        try root.set("layer_names", to: ["a"], .ascii)
        let layer = try root.makeGroup("a")
        try layer.write([Float](repeating: 1, count: 20000), shape: [20000], to: "w")
        try layer.set("weight_names", to: [String](repeating: "w", count: 4000), .ascii)
      }
      #expect(codeOfReading(path) == "E0605")
    }
  }
}

@Suite struct KerasArchiveWriting {
  @Test(arguments: ["keras3", "keras2", "double", "half", "weights_only"])
  func `what is written reads back equal`(name: String) throws {
    let archive = try KerasArchive.read(try fixture(name))
    try withFolder { folder in
      try archive.write(to: folder + "/a.h5")
      expectSame(try KerasArchive.read(folder + "/a.h5"), archive, name)
    }
  }

  @Test func `the same archive gives the same bytes`() throws {
    let archive = try KerasArchive.read(try fixture("keras3"))
    try withFolder { folder in
      try archive.write(to: folder + "/a.h5")
      try archive.write(to: folder + "/b.h5")
      #expect(try bytes(folder + "/a.h5") == bytes(folder + "/b.h5"))
    }
  }

  @Test func `configurations are stored in the very words of Keras`() throws {
    let original = try H5File(reading: try fixture("keras3"))
    let archive = try KerasArchive.read(try fixture("keras3"))
    #expect(try original.root().text("model_config") == archive.modelConfig?.json)
    #expect(try original.root().text("training_config") == archive.trainingConfig?.json)
  }

  @Test func `a long list of names is split as Keras splits it`() throws {
    let weights = (0..<720).map {
      SavedVariable(String(repeating: "n", count: 103) + "\($0 + 100)", Tensor([], [0]))
    }
    let archive = KerasArchive(
      kerasVersion: "3.0.0", modelConfig: nil, layers: [.init(name: "long", weights: weights)])
    try withFolder { folder in
      try archive.write(to: folder + "/a.h5")
      let file = try H5File(reading: folder + "/a.h5")
      let layer = try file.root().group("long")
      #expect(try layer.texts("weight_names") == nil)
      #expect(try layer.texts("weight_names0")?.count == 360)
      #expect(try layer.texts("weight_names1")?.count == 360)
      #expect(try KerasArchive.read(folder + "/a.h5").layers == archive.layers)
    }
  }

  @Test func `step counters beyond single precision are exact`() throws {
    let archive = KerasArchive(
      kerasVersion: "3.0.0", modelConfig: [:], layers: [], optimizer: [SavedVariable("iteration", 16_777_217)]
    )
    try withFolder { folder in
      try archive.write(to: folder + "/a.h5")
      #expect(try KerasArchive.read(folder + "/a.h5").optimizer == archive.optimizer)
    }
  }

  @Test func `a failure leaves neither a file nor a part of one`() throws {
    let twice = [SavedVariable("w", Tensor([1], [1])), SavedVariable("w", Tensor([1], [2]))]
    let archive = KerasArchive(
      kerasVersion: "3.0.0", modelConfig: nil, layers: [.init(name: "a", weights: twice)])
    try withFolder { folder in
      let error = #expect(throws: Diagnostic.self) { try archive.write(to: folder + "/a.h5") }
      #expect(error?.code == "E0606")
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left == [])
    }
  }

  @Test func `an existing file survives a failed write`() throws {
    let good = try KerasArchive.read(try fixture("weights_only"))
    let bad = KerasArchive(kerasVersion: "3\0", modelConfig: nil, layers: [])
    try withFolder { folder in
      try good.write(to: folder + "/a.h5")
      #expect(throws: Diagnostic.self) { try bad.write(to: folder + "/a.h5") }
      expectSame(try KerasArchive.read(folder + "/a.h5"), good)
    }
  }

  @Test func `a folder that is not there is told`() {
    let archive = KerasArchive(kerasVersion: "3.0.0", modelConfig: nil, layers: [])
    let error = #expect(throws: Diagnostic.self) { try archive.write(to: "/nowhere/at/all.h5") }
    #expect(error?.code == "E0606")
  }
}
