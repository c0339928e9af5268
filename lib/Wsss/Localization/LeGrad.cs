using Wsss.Models;
using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>
/// LeGrad (Bousselham et al., <i>LeGrad: An Explainability Method for Vision Transformers via Feature Formation Sensitivity</i>,
/// arXiv 2404.03214, 2024): how much the class's score would rise if more attention went to a patch.
/// </summary>
/// <remarks>
/// For each block l with attention A^l [heads, T, T], the network's last LayerNorm and head score the tokens that leave the block;
/// y_c^l is that score. M_c = (1/L) Σ_l mean over heads and query tokens of ReLU(∂y_c^l/∂A^l), at the columns of the patches.
/// <para>Query tokens are all T rows, class tokens and patches alike, also where each class has a token of its own: the tokens of other
/// classes do not enter the logit of this one, so that their rows are 0, and what is left are the rows of its token and of the patches.
/// With one token for the image, whose head alone gives the logit, that token's row is the only one that counts.</para>
/// <para>Matched with the published code: a block is judged by what its own tokens score, so that no gradient goes through later
/// blocks; ReLU before all means. Different: all blocks, where that code takes the last ones by default; and a map is divided by its
/// maximum later on, without its minimum being subtracted first.</para>
/// </remarks>
[Registered("transformers: where more attention would raise the class's score, mean over all blocks", Name = "legrad", Order = 9)]
public sealed record LeGrad : TransformerExtractor
{
    /// <summary>What y_c is: the logit, or any other scalar of the output.</summary>
    public GradientTarget Target { get; init; } = new LogitTarget();

    // The mean over T query tokens.
    internal override bool SharesWeightAmongPlaces => true;

    internal override bool ComparesClasses => Target.ComparesClasses;

    /// <summary>What one block's gradients say about each patch: ReLU, then the mean over heads and query tokens.</summary>
    /// <param name="gradients">[N, heads, T, T], row i for what token i attends to.</param>
    /// <param name="tokens">The number of class tokens, which come before the patches.</param>
    /// <returns>[N, h·w] ≥ 0.</returns>
    public static Tensor Relevance(Tensor gradients, int tokens) => gradients.relu().mean([1, 2])[.., tokens..];

    /// <inheritdoc/>
    protected override Tensor Read(Classifier network, VisionTransformer transformer, Tensor images, IReadOnlyList<int> classes)
    {
        Activation x = transformer.Run(new Activation(images), 0, 1);
        long count = x.Grid.shape[0], height = x.Grid.shape[2], width = x.Grid.shape[3];
        Tensor maps = x.Grid.new_zeros(count, classes.Count, height * width);
        for (int block = 0; block < transformer.Shape.Depth; block++)
        {
            using var blockScope = NewDisposeScope();
            Tensor attention = transformer.Attention(block, x).detach().requires_grad_();                  // [N, heads, T, T]
            Activation next;
            Tensor[] scores;
            using (enable_grad())
            {
                next = transformer.Attend(block, x, attention);
                HeadOutput output = network.Finish(next, transformer.Layers.Count - 1);
                scores = [.. Target.Of(output, classes).Select(score => score.sum())];
            }
            for (int k = 0; k < scores.Length; k++)
            {
                bool last = k == scores.Length - 1;
                Tensor gradients = ScoreGradients.Of(scores[k], attention, last);
                maps.select(1, k).add_(Relevance(gradients, transformer.ClassTokens));
            }
            x.Dispose();
            x = new Activation(next.Grid.detach(), next.ClassTokens!.detach()).MoveToOuterDisposeScope();
        }
        return (maps / transformer.Shape.Depth).reshape(count, classes.Count, height, width);
    }
}
