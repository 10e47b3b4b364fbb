// The networks of the benchmarks, with what trains them.

const relu = "relu";
const relu6 = "relu6";

const conv = (filters, kernelSize = 3, options = {}) => ({ type: "conv", filters, kernelSize, ...options });
const dense = (units, activation) => ({ type: "dense", units, activation });
const maxPool = (kernelSize, strides = kernelSize, padding = 0) => ({
  type: "maxPool",
  kernelSize,
  strides,
  padding,
});
const dropout = (rate) => ({ type: "dropout", rate });
const flatten = { type: "flatten" };
const globalPool = { type: "globalPool" };
const norm = (activation) => ({ type: "norm", activation });

const adam = { type: "adam", learningRate: 1e-3, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 };
/** The step of He et al. 2016, with a learning rate at which three steps from fresh weights are stable. */
const momentum = { type: "sgd", learningRate: 0.01, momentum: 0.9 };

const mlp = {
  input: [784],
  layers: [dense(512, relu), dense(512, relu), dense(10)],
  optimizer: adam,
};

const cnn = {
  input: [28, 28, 1],
  layers: [
    conv(32, 3, { activation: relu }),
    conv(64, 3, { activation: relu }),
    maxPool(2),
    dropout(0.25),
    flatten,
    dense(128, relu),
    dropout(0.5),
    dense(10),
  ],
  optimizer: adam,
};

/** A convolution without a bias that keeps the size but for its stride, and its norm. */
const convNorm = (filters, kernelSize, strides, activation) => [
  conv(filters, kernelSize, { strides, padding: (kernelSize - 1) / 2, useBias: false }),
  norm(activation),
];

/** He et al. 2016, figure 5, left. */
const basicBlock = (filters, strides, shortcut) => ({
  type: "residual",
  body: [...convNorm(filters, 3, strides, relu), ...convNorm(filters, 3, 1)],
  shortcut,
  activation: relu,
});

function stages(channels, blocks, shortcut) {
  return channels.flatMap((filters, stage) =>
    Array.from({ length: blocks }, (_, block) => {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      return basicBlock(filters, strides, strides === 2 ? shortcut(filters) : []);
    }),
  );
}

/** He et al. 2016, section 4.2, shortcuts without weights. */
const resnet20 = {
  input: [32, 32, 3],
  layers: [
    ...convNorm(16, 3, 1, relu),
    ...stages([16, 32, 64], 3, (filters) => [{ type: "subsample", strides: 2, filters }]),
    globalPool,
    dense(10),
  ],
  optimizer: momentum,
};

const resnet18 = {
  input: [224, 224, 3],
  layers: [
    ...convNorm(64, 7, 2, relu),
    maxPool(3, 2, 1),
    ...stages([64, 128, 256, 512], 2, (filters) => convNorm(filters, 1, 2)),
    globalPool,
    dense(1000),
  ],
};

/** Sandler et al. 2018, table 2: expansion, channels, blocks, stride of the first. */
const inverted = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
];

function mobileBlocks() {
  let channels = 32;
  return inverted.flatMap(([expansion, filters, blocks, first]) =>
    Array.from({ length: blocks }, (_, block) => {
      const strides = block === 0 ? first : 1;
      const body = [
        ...(expansion === 1 ? [] : convNorm(channels * expansion, 1, 1, relu6)),
        { type: "depthwise", kernelSize: 3, strides, padding: 1 },
        norm(relu6),
        ...convNorm(filters, 1, 1),
      ];
      const isResidual = strides === 1 && channels === filters;
      channels = filters;
      return isResidual ? [{ type: "residual", body, shortcut: [] }] : body;
    }).flat(),
  );
}

const mobilenetv2 = {
  input: [224, 224, 3],
  layers: [
    ...convNorm(32, 3, 2, relu6),
    ...mobileBlocks(),
    ...convNorm(1280, 1, 1, relu6),
    globalPool,
    dropout(0.2),
    dense(1000),
  ],
};

const tiny = { input: [64], layers: [dense(64, relu), dense(10)] };

export const networks = { mlp, cnn, resnet20, resnet18, mobilenetv2, tiny };
