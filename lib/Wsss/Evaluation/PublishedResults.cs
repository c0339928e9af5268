namespace Wsss.Evaluation;

/// <summary>The history of the field in numbers, and what full supervision reaches with the same networks.</summary>
public static class PublishedResults
{
    private const string Survey = "gyguo/awesome-weakly-supervised-semantic-segmentation";
    private const string SsrTables = "SSR (arXiv 2512.01701), tables 1 and 2";
    private const string DigTables = "DiG (Diffusion-Guided Weakly Supervised Semantic Segmentation), tables 2 and 3";

    /// <summary>
    /// Semantic segmentation from image-level labels on VOC 2012, 2015 to 2026, ordered by year. Settings differ (input
    /// scales, CRF, choice of the threshold, pre-training), so small differences between rows mean little; see
    /// <see cref="FieldFinding.Published"/>.
    /// </summary>
    public static IReadOnlyList<PublishedResult> Voc2012 { get; } =
    [
        new(2015, "MIL-FCN", "VGG-16", "none", "Pathak et al., ICLR workshop 2015") { Validation = 25.7, Test = 25.6 },
        new(2015, "EM-Adapt", "VGG-16", "none", "Papandreou et al., ICCV 2015; table in ScribbleSup, CVPR 2016") { Validation = 38.2 },
        new(2016, "SEC", "VGG-16", "none", $"Kolesnikov and Lampert, ECCV 2016; {Survey}, which counts its gradient saliency as extra data")
        {
            Validation = 50.7,
            Test = 51.7,
        },
        new(2017, "AE-PSL", "VGG-16", "saliency", "Wei et al., CVPR 2017, abstract") { Validation = 55.0, Test = 55.7 },
        new(2018, "DSRG", "ResNet-101", "saliency", $"Huang et al., CVPR 2018; {Survey}")
        {
            Validation = 61.4,
            Test = 63.2,
            Reproduction = "VGG-16 variant: 54.3 on val, where the paper has 59.0 (speedinghzl/DSRG, issue 8)",
        },
        new(2018, "MDC", "VGG-16", "saliency", "Wei et al., CVPR 2018; kevinlee9/Semantic-Segmentation") { Validation = 60.4, Test = 60.8 },
        new(2018, "PSA", "ResNet-38", "none", $"Ahn and Kwak, CVPR 2018; {Survey}") { Validation = 61.7, Test = 63.7 },
        new(2019, "IRN", "ResNet-50", "none", $"Ahn et al., CVPR 2019; {Survey}")
        {
            Seed = 48.3,
            PseudoMask = 66.5,
            Validation = 63.5,
            Test = 64.8,
            Reproduction =
                "pseudo masks of 64.9 to 66.0 in reruns of the published code; two users report 66.0 and 65.9 (jiwoon-ahn/irn, issue 26)",
        },
        new(2019, "SSDD", "ResNet-38", "none", "Shimoda and Yanai, ICCV 2019, abstract") { Validation = 64.9, Test = 65.5 },
        new(2019, "FickleNet", "ResNet-101", "saliency", $"Lee et al., CVPR 2019; {Survey}") { Validation = 64.9, Test = 65.3 },
        new(2019, "OAA+", "ResNet-101", "saliency", $"Jiang et al., ICCV 2019; {Survey}") { Validation = 65.2, Test = 66.4 },
        new(2020, "SEAM", "ResNet-38", "none", $"Wang et al., CVPR 2020; {Survey}; YudeWang/SEAM, issue 17")
        {
            Seed = 55.41,
            PseudoMask = 63.61,
            Validation = 64.5,
            Test = 65.7,
            Reproduction =
                "pseudo masks of 63.4 (issue 17), but 61.5 on val with a user's own segmentation network, whose training is not "
                    + "published (YudeWang/SEAM, issue 20)",
        },
        new(2020, "Mixup-CAM", "ResNet-38", "none", "Chang et al., BMVC 2020") { Seed = 50.1 },
        new(2020, "SC-CAM", "ResNet-101", "none", $"Chang et al., CVPR 2020; {Survey}") { Validation = 66.1, Test = 65.9 },
        new(2020, "CONTA with SEAM", "ResNet-101", "none", $"Zhang et al., NeurIPS 2020; {Survey}") { Validation = 66.1, Test = 66.7 },
        new(2021, "AdvCAM", "ResNet-101", "none", $"Lee et al., CVPR 2021; {Survey}") { Validation = 68.1, Test = 68.0 },
        new(2021, "EPS", "ResNet-101", "saliency", $"Lee et al., CVPR 2021; {Survey}")
        {
            Seed = 69.22,
            Validation = 70.9,
            Test = 70.8,
            Reproduction = "70.5 on val, 68.2 before the CRF (halbielee/EPS, issue 10)",
        },
        new(2021, "RIB", "ResNet-101", "none", $"Lee et al., NeurIPS 2021; {DigTables}")
        {
            Seed = 56.5,
            PseudoMask = 70.6,
            Validation = 68.3,
            Test = 68.6,
            Reproduction = "65.3 on val from pseudo masks of 67.1; with the authors' hints the masks reached 69 (jbeomlee93/RIB, issue 5)",
        },
        new(2021, "Puzzle-CAM", "ResNeSt-101", "none", "Jo and Yu, ICIP 2021; OFRIN/PuzzleCAM") { Validation = 66.9, Test = 67.7 },
        new(2021, "Puzzle-CAM", "ResNeSt-269", "none", "Jo and Yu, ICIP 2021; OFRIN/PuzzleCAM")
        {
            Validation = 71.9,
            Test = 72.2,
            Reproduction = "ResNet-50 variant: maps of 48.5 on train, where the paper has 51.5 (shjo-april/PuzzleCAM, issue 12)",
        },
        new(2022, "AFA", "MiT-B1", "none", $"Ru et al., CVPR 2022; {Survey}") { Validation = 66.0, Test = 66.3 },
        new(2022, "ReCAM", "ResNet-101", "none", $"Chen et al., CVPR 2022; {Survey}; maps in {DigTables}")
        {
            Seed = 54.8,
            PseudoMask = 70.5,
            Validation = 68.5,
            Test = 68.4,
            Reproduction = "67.8 to 68.3 on val in five trainings on pseudo masks of 70.8 (zhaozhengChen/ReCAM, issue 23)",
        },
        new(2022, "CLIMS", "ResNet-101", "CLIP", "Xie et al., CVPR 2022; CVI-SZU/CLIMS")
        {
            Seed = 56.6,
            PseudoMask = 70.5,
            Validation = 69.3,
            Test = 68.7,
            Reproduction = "the authors' later code gives 70.3 on val and 70.6 on test (CVI-SZU/CLIMS)",
        },
        new(2022, "CLIMS", "ResNet-101, COCO", "CLIP", "Xie et al., CVPR 2022; CVI-SZU/CLIMS")
        {
            Seed = 56.6,
            PseudoMask = 70.5,
            Validation = 70.4,
            Test = 70.0,
        },
        new(2022, "MCTformer", "ResNet-38", "none", $"Xu et al., CVPR 2022; {Survey}; maps in {DigTables}")
        {
            Seed = 61.7,
            PseudoMask = 69.1,
            Validation = 71.9,
            Test = 71.6,
            Reproduction =
                "71.1 on val for two users of the authors' own pseudo masks (xulianuwa/MCTformer, issue 26), 67.5 from the start (issue "
                    + "37)",
        },
        new(2022, "L2G", "ResNet-101", "saliency", "Jiang et al., CVPR 2022; PengtaoJiang/L2G") { Validation = 72.1, Test = 71.7 },
        new(2023, "ToCo", "DeiT-B", "none", "Ru et al., CVPR 2023; rulixiang/ToCo") { Validation = 69.8, Test = 70.5 },
        new(2023, "ToCo", "ViT-B", "none", $"Ru et al., CVPR 2023; rulixiang/ToCo; seed in {SsrTables}")
        {
            Seed = 71.6,
            Validation = 71.1,
            Test = 72.2,
        },
        new(2023, "CLIP-ES", "ResNet-101", "CLIP", "Lin et al., CVPR 2023; linyq2117/CLIP-ES")
        {
            Seed = 70.8,
            PseudoMask = 75.0,
            Validation = 71.1,
            Test = 71.4,
            Reproduction = "69.7 on val (linyq2117/CLIP-ES, issue 7)",
        },
        new(2023, "CLIP-ES", "ResNet-101, COCO", "CLIP", "Lin et al., CVPR 2023; linyq2117/CLIP-ES")
        {
            Seed = 70.8,
            PseudoMask = 75.0,
            Validation = 73.8,
            Test = 73.9,
            Reproduction = "73.5 on val (linyq2117/CLIP-ES, issue 7)",
        },
        new(2024, "DuPL", "ViT-B", "none", $"Wu et al., CVPR 2024; {SsrTables}")
        {
            Seed = 75.0,
            Validation = 73.3,
            Test = 72.8,
            Reproduction = "71.8 on val before the CRF, where the authors have 72.2 (Wu0409/DuPL, issue 2)",
        },
        new(2024, "SeCo", "ViT-B", "none", $"Yang et al., CVPR 2024; zwyang6/SeCo; seed in {SsrTables}")
        {
            Seed = 74.8,
            Validation = 74.0,
            Test = 73.9,
        },
        new(2024, "FMA-WSSS", "Swin-L", "CLIP, SAM", "Yang and Gong, WACV 2024; seed by the difference that HAL-42/FMA-WSSS names")
        {
            Seed = 74.2,
            Validation = 82.6,
            Test = 81.6,
            Reproduction = "the authors' published code: 73.9 for the seed, 83.1 on val (HAL-42/FMA-WSSS)",
        },
        new(2024, "DHR", "ResNet-101", "DINO", "Jo et al., ECCV 2024; shjo-april/DHR") { Validation = 79.6 },
        new(2024, "DHR", "Swin-L", "DINO", "Jo et al., ECCV 2024; shjo-april/DHR") { Validation = 81.7 },
        new(2024, "WeCLIP", "ViT-B of CLIP", "CLIP", $"Zhang et al., CVPR 2024; {SsrTables}")
        {
            Seed = 75.4,
            Validation = 76.4,
            Test = 77.2,
            Reproduction = "74 to 75 on val with CRF in three trainings of one user (zbf1991/WeCLIP, issue 25, open)",
        },
        new(2025, "MoRe", "ViT-B", "none", $"Yang et al., AAAI 2025; {SsrTables}")
        {
            Seed = 77.0,
            Validation = 76.4,
            Test = 75.0,
            Reproduction = "76.4 on val at the end of the authors' log: one RTX 3090 for 6 h 12 min (zwyang6/MoRe)",
        },
        new(2025, "ExCEL", "ViT-B of CLIP", "CLIP, language model", $"Yang et al., CVPR 2025; {SsrTables}")
        {
            Seed = 78.0,
            Validation = 78.4,
            Test = 78.5,
            Reproduction = "the authors' own log ends at 77.1 for the masks and 75.6 for the network (zwyang6/ExCEL)",
        },
        new(2025, "VPL", "ViT-B", "CLIP", $"Xu et al., AAAI 2025; {SsrTables}")
        {
            Seed = 77.8,
            Validation = 79.3,
            Test = 79.0,
        },
        new(2025, "WeCLIP+", "ViTs of CLIP and DINO", "CLIP, DINO", "Zhang et al., IEEE TPAMI 2025, abstract") { Test = 83.9 },
        new(2026, "DiCLIP", "ViT-B of CLIP", "CLIP, Stable Diffusion", "Yang et al., IEEE TIP 2026; zwyang6/DiCLIP")
        {
            Validation = 78.8,
            Test = 78.9,
        },
        new(2026, "SSR", "ViT-B of CLIP", "CLIP, DINO", $"Bi et al., AAAI 2026; {SsrTables}")
        {
            Seed = 78.7,
            Validation = 79.5,
            Test = 79.6,
        },
    ];

    /// <summary>The ceilings: the same kinds of network trained on full masks, ordered by year. <c>Extra</c> is <c>masks</c>.</summary>
    public static IReadOnlyList<PublishedResult> FullySupervised { get; } =
    [
        new(2015, "DeepLab-LargeFOV", "VGG-16", "masks", "Chen et al., ICLR 2015; wangleihitcs/DeepLab-V1-PyTorch") { Validation = 62.25 },
        new(2015, "DeepLab-LargeFOV with CRF", "VGG-16", "masks", "Chen et al., ICLR 2015; wangleihitcs/DeepLab-V1-PyTorch")
        {
            Validation = 67.64,
            Reproduction = "67.6 with the same schedule, 69.6 with a polynomial one (wangleihitcs/DeepLab-V1-PyTorch)",
        },
        new(2018, "DeepLab-v2", "ResNet-101, COCO", "masks", "Chen et al., TPAMI 2018; kazuto1011/deeplab-pytorch")
        {
            Validation = 76.35,
            Reproduction = "76.65 (kazuto1011/deeplab-pytorch)",
        },
        new(2018, "DeepLab-v2 with CRF", "ResNet-101, COCO", "masks", "Chen et al., TPAMI 2018; kazuto1011/deeplab-pytorch")
        {
            Validation = 77.69,
            Reproduction = "77.93 (kazuto1011/deeplab-pytorch)",
        },
        new(2026, "DeepLab-v2", "ViT-B", "masks", "SSR (arXiv 2512.01701), table 6") { Validation = 82.3 },
    ];
}
