/** Wrong options of every layer, and inputs that do not fit it. */
import { describe } from "vitest";
import { ones, tensor, zeros } from "../../src/index.ts";
import * as nn from "../../src/nn/index.ts";
import { describeMistakes, type Row } from "./rows.ts";
import { ACTIVATION } from "./rules.ts";
import { describeFactories } from "./schemas.ts";

const windows = { filters: 2, kernelSize: 3 };

describeFactories(
  nn,
  {
    bidirectional: (options) => nn.bidirectional(nn.lstm({ units: 1 }), options),
    sequential: (options) => nn.sequential([], options),
    graph: (options) => {
      const x = nn.input([2]);
      return nn.graph(x, nn.relu().apply(x), options);
    },
  },
  { input: "see `networks`", activation: "takes an activation: see `networks`" },
);

const images = ones([1, 8, 8, 3]);
const sequences = ones([2, 3, 2]);
const first = "expects input [batch, height, width, channels]: got [2, 3, 2]";
const IMAGES: Record<string, () => nn.Layer> = {
  conv2d: () => nn.conv2d(windows),
  depthwiseConv2d: () => nn.depthwiseConv2d({ kernelSize: 3 }),
  separableConv2d: () => nn.separableConv2d(windows),
  conv2dTranspose: () => nn.conv2dTranspose(windows),
  locallyConnected2d: () => nn.locallyConnected2d(windows),
  globalAvgPool2d: () => nn.globalAvgPool2d(),
  globalMaxPool2d: () => nn.globalMaxPool2d(),
  zeroPadding2d: () => nn.zeroPadding2d(),
  cropping2d: () => nn.cropping2d({ cropping: 1 }),
  upSampling2d: () => nn.upSampling2d(),
  identityShortcut: () => nn.identityShortcut({ filters: 2 }),
  maxPool2d: () => nn.maxPool2d(),
  minPool2d: () => nn.minPool2d(),
  avgPool2d: () => nn.avgPool2d(),
  l2Pool2d: () => nn.l2Pool2d(),
};
const SEQUENCES: Record<string, () => nn.Layer> = {
  conv1d: () => nn.conv1d(windows),
  maxPool1d: () => nn.maxPool1d(),
  minPool1d: () => nn.minPool1d(),
  avgPool1d: () => nn.avgPool1d(),
  l2Pool1d: () => nn.l2Pool1d(),
  globalAvgPool1d: () => nn.globalAvgPool1d(),
  globalMaxPool1d: () => nn.globalMaxPool1d(),
};
const RECURRENT: Record<string, () => nn.Layer> = {
  simpleRNN: () => nn.simpleRNN({ units: 2 }),
  lstm: () => nn.lstm({ units: 2 }),
  gru: () => nn.gru({ units: 2 }),
  multiHeadAttention: () => nn.multiHeadAttention({ numHeads: 1, keyDim: 1 }),
};

describeMistakes("ranks", [
  ...Object.entries(IMAGES).map(
    ([name, make]): Row => [name, () => make().apply(sequences), `[${name}] ${first}`],
  ),
  ...Object.entries(SEQUENCES).map(([name, make]): Row => {
    return [
      name,
      () => make().apply(images),
      `[${name}] expects input [batch, length, channels]: got [1, 8, 8, 3]`,
    ];
  }),
  ...Object.entries(RECURRENT).map(([name, make]): Row => {
    return [
      name,
      () => make().apply(images),
      `[${name}] expects input [batch, time, features]: got [1, 8, 8, 3]`,
    ];
  }),
]);

describe("the output would be empty", () => {
  const wide = { filters: 1, kernelSize: 9, padding: 0, strides: 2 };
  const small =
    "output height would be (8 − 9 + 0) / 2 + 1 < 1: the window [9, 9] does not fit input [1, 8, 8, 3]";
  const makers: Record<string, () => nn.Layer> = {
    conv2d: () => nn.conv2d(wide),
    depthwiseConv2d: () => nn.depthwiseConv2d({ kernelSize: 9, strides: 2 }),
    separableConv2d: () => nn.separableConv2d(wide),
    locallyConnected2d: () => nn.locallyConnected2d(wide),
    maxPool2d: () => nn.maxPool2d({ poolSize: 9, strides: 2 }),
    minPool2d: () => nn.minPool2d({ poolSize: 9, strides: 2 }),
    avgPool2d: () => nn.avgPool2d({ poolSize: 9, strides: 2 }),
    l2Pool2d: () => nn.l2Pool2d({ poolSize: 9, strides: 2 }),
  };
  describeMistakes(
    "of images",
    Object.entries(makers).map(([name, make]) => [
      name,
      () => make().build([8, 8, 3]),
      `[${name === "separableConv2d" ? `${name} › depthwiseConv2d` : name}] ${small}`,
    ]),
  );
  const makers1d: Record<string, () => nn.Layer> = {
    conv1d: () => nn.conv1d(wide),
    maxPool1d: () => nn.maxPool1d({ poolSize: 9, strides: 2 }),
    minPool1d: () => nn.minPool1d({ poolSize: 9, strides: 2 }),
    avgPool1d: () => nn.avgPool1d({ poolSize: 9, strides: 2 }),
    l2Pool1d: () => nn.l2Pool1d({ poolSize: 9, strides: 2 }),
  };
  describeMistakes(
    "of sequences",
    Object.entries(makers1d).map(([name, make]) => [
      name,
      () => make().build([8, 3]),
      `[${name}] output length would be (8 − 9 + 0) / 2 + 1 < 1: the window [9] does not fit input [1, 8, 3]`,
    ]),
  );
});

const rnn = nn.lstm({ units: 2 }).build([3, 2]);
const attention = nn.multiHeadAttention({ numHeads: 1, keyDim: 2 });

describeMistakes("inputs", [
  [
    "dense, a vector",
    () => nn.dense({ units: 1 }).apply(ones([3])),
    "[dense] expects input [batch, ..., features]: got [3]",
  ],
  [
    "dense, other features",
    () =>
      nn
        .dense({ units: 1 })
        .build([4])
        .apply(ones([2, 3])),
    "[dense] expects 4 features: got input [2, 3]",
  ],
  [
    "conv2d, groups that do not divide the channels",
    () => nn.conv2d({ ...windows, groups: 2 }).apply(images),
    "[conv2d] groups must divide 3 channels: got 2",
  ],
  [
    "conv2d, groups that do not divide the filters",
    () => nn.conv2d({ ...windows, groups: 3 }).apply(images),
    "[conv2d] groups must divide 2 filters: got 3",
  ],
  [
    "conv2d, other channels",
    () => nn.conv2d(windows).build([8, 8, 1]).apply(images),
    "[conv2d] kernel [3, 3, 1, 2] expects 1 input channels: got input [1, 8, 8, 3]",
  ],
  [
    "conv1d, groups that do not divide the channels",
    () => nn.conv1d({ ...windows, groups: 2 }).apply(ones([1, 8, 3])),
    "[conv1d] groups must divide 3 channels: got 2",
  ],
  [
    "conv2dTranspose, more output padding than the stride",
    () => nn.conv2dTranspose({ ...windows, strides: 2, outputPadding: 2 }).apply(images),
    "[conv2dTranspose] outputPadding must be smaller than strides: got 2 and 2",
  ],
  [
    "groupNorm",
    () => nn.groupNorm({ groups: 2 }).apply(images),
    "[groupNorm] groups must divide 3 channels: got 2",
  ],
  [
    "groupNorm, a vector",
    () => nn.groupNorm().apply(ones([3])),
    "[groupNorm] expects input [batch, ..., channels]: got [3]",
  ],
  [
    "batchNorm, a vector",
    () => nn.batchNorm().apply(ones([3])),
    "[batchNorm] expects input [batch, ..., channels]: got [3]",
  ],
  [
    "batchNorm, other channels",
    () =>
      nn
        .batchNorm()
        .build([2])
        .apply(ones([2, 3])),
    "[batchNorm] expects 2 channels: got input [2, 3]",
  ],
  [
    "layerNorm",
    () => nn.layerNorm({ axis: 3 }).apply(ones([2, 3])),
    "[layerNorm] axis must be an integer in [-2, 1] for rank 2: got 3",
  ],
  [
    "normalization",
    () => nn.normalization().apply(ones([3])),
    "[normalization] expects input [batch, ..., features]: got [3]",
  ],
  [
    "normalization of other features",
    () =>
      nn
        .normalization()
        .build([3])
        .apply(ones([2, 2])),
    "[normalization] expects 3 features: got input [2, 2]",
  ],
  [
    "spatialDropout",
    () => nn.spatialDropout({ rate: 0.5 }).apply(ones([2, 2])),
    "[spatialDropout] expects input [batch, ..., channels]: got [2, 2]",
  ],
  [
    "embedding, a fraction",
    () => nn.embedding({ inputDim: 3, outputDim: 1 }).apply(tensor([0.5])),
    "[embedding] indices must be integers: got 0.5",
  ],
  [
    "embedding, an index outside",
    () => nn.embedding({ inputDim: 3, outputDim: 1 }).apply(tensor(Int32Array.from([3]))),
    "[embedding › take] indices must lie in [0, 3): got 3",
  ],
  [
    "cropping2d",
    () => nn.cropping2d({ cropping: 4 }).apply(images),
    "[cropping2d] nothing is left of [1, 8, 8, 3]: [[4,4],[4,4]] is cropped",
  ],
  [
    "reshape",
    () => nn.reshape({ targetShape: [5] }).apply(ones([2, 3])),
    "[reshape] cannot reshape [2, 3] (6 elements) to [2, 5] (10)",
  ],
  [
    "permute",
    () => nn.permute({ dims: [2, 1] }).apply(ones([2, 3])),
    "[permute] expects 2 axes beside the batch: got [2, 3]",
  ],
  [
    "identityShortcut",
    () => nn.identityShortcut({ filters: 2 }).apply(images),
    "[identityShortcut] filters must be at least the 3 channels: got 2",
  ],
  ["add of one", () => nn.add().apply(images), "[add] expects at least two inputs: got 1"],
  ["multiply of none", () => nn.multiply().apply(), "[multiply] expects at least two inputs: got 0"],
  [
    "concatenate of one",
    () => nn.concatenate().apply(images),
    "[concatenate] expects at least two inputs: got 1",
  ],
  [
    "add",
    () => nn.add().apply(ones([2, 3]), ones([2, 2])),
    "[add] shapes do not broadcast: got [2, 3] and [2, 2]",
  ],
  [
    "multiply",
    () => nn.multiply().apply(ones([2, 3]), ones([2, 2])),
    "[multiply › mul] shapes do not broadcast: got [2, 3] and [2, 2]",
  ],
  [
    "concatenate",
    () => nn.concatenate().apply(ones([2, 3]), ones([3, 3])),
    "[concatenate › concat] shapes must agree but for axis 1: got [2, 3], [3, 3]",
  ],
  [
    "rnn, other features",
    () => rnn.apply(ones([2, 3, 3])),
    "[lstm] expects input [batch, time, 2]: got [2, 3, 3]",
  ],
  [
    "rnn, no steps",
    () => rnn.apply(zeros([2, 0, 2])),
    "[lstm] expects input [batch, time, 2]: got [2, 0, 2]",
  ],
  ["rnn, mask", () => rnn.apply(sequences, ones([2, 2])), "[lstm] expects a mask [2, 3]: got [2, 2]"],
  [
    "rnn, state",
    () => rnn.apply(sequences, undefined, ones([2, 2])),
    "[lstm] expects an initial state of 2 × [2, 2]: got [2, 2]",
  ],
  [
    "rnn, state of another size",
    () => rnn.apply(sequences, undefined, ones([2, 3]), ones([2, 2])),
    "[lstm] expects an initial state of 2 × [2, 2]: got [2, 3] and [2, 2]",
  ],
  [
    "bidirectional",
    () => nn.bidirectional(nn.dense({ units: 1 }) as never),
    "[bidirectional] expects a layer made by simpleRNN, lstm or gru: got a Dense",
  ],
  [
    "attention, lengths of key and value",
    () => attention.apply(sequences, ones([2, 4, 2]), ones([2, 3, 2])),
    "[multiHeadAttention] expects as many keys as values: got 3 and 4",
  ],
  [
    "attention, mask",
    () => attention.apply(sequences, sequences, sequences, ones([3])),
    "[multiHeadAttention] expects a mask [time, source], [batch, …] or [batch, heads, …]: got [3]",
  ],
]);

describeMistakes("networks", [
  [
    "a layer that is none",
    () => nn.sequential([nn.flatten(), "relu" as never]),
    '[sequential] layer 1 must be a module: got "relu"',
  ],
  [
    "no list",
    () => nn.sequential(nn.flatten() as never),
    "[sequential] expects a list of layers: got a Flatten",
  ],
  [
    "shape",
    () => nn.sequential([], { inputShape: 784 as never }),
    "[sequential] a shape holds non-negative integers: got 784",
  ],
  [
    "input without a shape",
    () => nn.input(28 as never),
    "[input] a shape holds non-negative integers: got 28",
  ],
  [
    "input of a dtype",
    () => nn.input([2], { dtype: "double" as never }),
    "[input] dtype must be float32, int32, uint32 or bool: got double",
  ],
  [
    "shapes that are not known",
    () => nn.sequential([nn.dense({ units: 1 })]).summary(),
    "[sequential] its shapes are not known: give inputShape, or call build or apply first",
  ],
  [
    "graph of a value",
    () => nn.graph(ones([1, 2]), ones([1, 2])),
    "[graph] input 0 must be made by nn.input",
  ],
  ["graph without outputs", () => nn.graph(nn.input([2]), []), "[graph] expects at least one output"],
  [
    "graph with an op",
    () => nn.graph(nn.input([2]), nn.input([2]).relu()),
    "[graph] output 0 was not made by layers; ops of tensors are not recorded",
  ],
  [
    "graph without an input",
    () => nn.graph(nn.input([2]), nn.relu().apply(nn.input([2]))),
    "[graph] an argument of relu is an input that is missing among the inputs",
  ],
  [
    "activation",
    () => nn.activation("rleu" as never),
    `[activation] activation ${ACTIVATION[0][1]}: got "rleu"`,
  ],
  [
    "leakyRelu",
    () => nn.leakyRelu({ slope: "steep" as never }),
    '[leakyRelu] slope must be a number: got "steep"',
  ],
  ["elu", () => nn.elu({ alpha: Number.NaN }), "[elu] alpha must be a number: got NaN"],
  [
    "gelu",
    () => nn.gelu({ approximate: "tanh" as never }),
    '[gelu] approximate must be true or false: got "tanh"',
  ],
  ["softmax", () => nn.softmax({ axis: 0.5 }), "[softmax] axis must be an integer: got 0.5"],
  [
    "logSoftmax",
    () => nn.logSoftmax({ axis: "last" as never }),
    '[logSoftmax] axis must be an integer: got "last"',
  ],
  [
    "softmax, axis",
    () => nn.softmax({ axis: 2 }).apply(ones([2, 3])),
    "[softmax] axis must be an integer in [-2, 1] for rank 2: got 2",
  ],
  ["misspelt", () => nn.leakyRelu({ alpah: 0.1 } as never), "[leakyRelu] takes the options slope: got alpah"],
]);
