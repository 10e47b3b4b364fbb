// A course on networks finds everything it trains with: values by their entry point, options by the types phase.
import { describe, expect, it } from "vitest";
import * as data from "../../src/data/index.ts";
import type {
  CrossentropyOptions,
  FitOptions,
  LoadWeightsOptions,
  LossOptions,
  MetricName,
  ModelOptions,
} from "../../src/index.ts";
import * as heddle from "../../src/index.ts";
import * as io from "../../src/io/index.ts";
import * as models from "../../src/models/index.ts";
import * as nn from "../../src/nn/index.ts";
import * as optim from "../../src/optim/index.ts";
import * as callbacks from "../../src/train/callbacks.ts";
import * as losses from "../../src/train/losses/index.ts";
import * as metrics from "../../src/train/metrics/index.ts";

const words = (text: string): string[] => text.trim().split(/\s+/);

const NAMES: readonly (readonly [entry: string, offered: object, names: string])[] = [
  [
    "layers",
    nn,
    `dense conv1d conv2d conv2dTranspose separableConv2d depthwiseConv2d locallyConnected2d
    maxPool1d minPool1d avgPool1d l2Pool1d maxPool2d minPool2d avgPool2d l2Pool2d
    globalAvgPool1d globalMaxPool1d globalAvgPool2d globalMaxPool2d
    batchNorm layerNorm groupNorm localResponseNorm dropout spatialDropout gaussianNoise embedding
    zeroPadding2d cropping2d upSampling2d reshape permute flatten add multiply concatenate
    simpleRNN lstm gru multiHeadAttention normalization
    identity binaryStep sigmoid hardSigmoid tanh relu relu6 leakyRelu noisyRelu prelu elu selu gelu silu softplus
    softsign softmax logSoftmax Module sequential graph input`,
  ],
  [
    "losses",
    losses,
    `meanAbsoluteError meanSquaredError huber logCosh binaryCrossentropy categoricalCrossentropy
    sparseCategoricalCrossentropy hinge klDivergence cosineSimilarity`,
  ],
  ["regularizers", nn.regularizers, "l1 l2 l1l2"],
  ["optimizers", optim, "sgd adagrad adadelta rmsprop adam adamw lbfgs ema"],
  [
    "schedules",
    optim,
    "stepDecay multiStepDecay exponentialDecay polynomialDecay cosineDecay cosineRestarts warmup oneCycle",
  ],
  ["callbacks", callbacks, "earlyStopping checkpoint csvLogger jsonLogger terminateOnNaN reduceOnPlateau"],
  [
    "metrics",
    metrics,
    `binaryAccuracy categoricalAccuracy sparseCategoricalAccuracy topKAccuracy precision recall f1 roc auc
    confusionMatrix rmse r2`,
  ],
  [
    "initializers",
    nn.initializers,
    `zeros ones constant uniform normal truncatedNormal glorotUniform glorotNormal heUniform heNormal lecunUniform
    lecunNormal orthogonal identity`,
  ],
  ["data", data, "csv idx cifar10 imageFolder mnist digits dataset standardize"],
  ["samples", data.Dataset.prototype, "split map filter cache augment shuffle batches"],
  ["augmentation", data, "flip rotate shift zoom shear crop pad brightness contrast cutout"],
  ["files", io, "readNpy writeNpy readNpz writeNpz readSafetensors writeSafetensors"],
  ["training", heddle, "createModel loadModel loadWeights"],
  ["fine-tuning", nn.Module.prototype, "freeze unfreeze summary inspect"],
  [
    "models",
    models,
    `lenet5 alexnet alexnetTwoTowers vgg16 resnet18 resnet34 resnet50 resnet20 resnet56 plain20 plain56 mobilenetV2
    denseAutoencoder convAutoencoder detector linearRegression logisticRegression`,
  ],
];

describe.each(NAMES)("%s", (_, offered, names) => {
  it.each(words(names))("%s", (name) => {
    expect(typeof (offered as Record<string, unknown>)[name]).toBe("function");
  });
});

/** The types phase refuses a name that the options lack. */
const has =
  <Options extends object>() =>
  (...names: (keyof Options)[]): number =>
    names.length;

describe("options", () => {
  it("exist in the types", () => {
    const counts = [
      has<nn.Conv2dOptions>()("strides", "padding", "dilation", "groups"),
      has<nn.DenseOptions>()("kernelRegularizer", "biasRegularizer"),
      has<nn.BatchNormOptions>()("epsilon", "momentum", "unbiased"),
      has<LossOptions>()("sampleWeight", "reduction"),
      has<CrossentropyOptions>()("labelSmoothing", "fromLogits"),
      has<ModelOptions>()("optimizer", "loss", "metrics", "regularizer"),
      has<FitOptions>()(
        "validationSplit",
        "validateEvery",
        "accumulateSteps",
        "classWeight",
        "resume",
        "signal",
      ),
      has<LoadWeightsOptions>()("from", "strict"),
      has<optim.SgdOptions>()("momentum", "nesterov", "clipValue", "clipNorm", "globalClipNorm", "groups"),
      has<optim.RmspropOptions>()("centered"),
      has<optim.AdamOptions>()("amsgrad", "weightDecay", "averageDecay"),
      has<optim.ParameterGroup>()("learningRate", "weightDecay", "frozen"),
      has<callbacks.EarlyStoppingOptions>()("restoreBest"),
      has<callbacks.CheckpointOptions>()("bestOnly", "every", "keepLast"),
      has<data.StandardizeOptions>()("per"),
      has<Record<MetricName, unknown>>()("accuracy", "mae", "mse", "rmse", "r2", "topKAccuracy", "auc", "f1"),
    ];
    expect(counts).not.toContain(0);
  });
});
