/** `heddle/models`: known networks, without weights. Their outputs are logits where they tell classes apart. */
export { alexnet, alexnetTwoTowers } from "./alexnet.ts";
export {
  type Architecture,
  type ArchitectureName,
  architecture,
  inspectArchitecture,
} from "./architectures.ts";
export { type AutoencoderOptions, convAutoencoder, denseAutoencoder } from "./autoencoders.ts";
export { plain20, plain56, resnet20, resnet56 } from "./cifarResnet.ts";
export { cnn, mlp, wideMlp } from "./classic.ts";
export { detector } from "./detector.ts";
export { lenet5 } from "./lenet.ts";
export { type LinearRegressionOptions, linearRegression, logisticRegression } from "./linear.ts";
export { mobilenetV2 } from "./mobilenet.ts";
export type { ClassifierOptions, TrunkOptions } from "./options.ts";
export { resnet18, resnet34, resnet50 } from "./resnet.ts";
export { vgg16 } from "./vgg.ts";
