using Wsss.Registry;
using static TorchSharp.torch;

namespace Wsss.Localization;

/// <summary>
/// Grad-CAM (Selvaraju et al., ICCV 2017): M_c = ReLU(Σ_k α_k A_k) with α_k = GAP(∂y_c/∂A_k), one weight per channel.
/// </summary>
/// <remarks>On the last layer under a global average and a linear head, it is CAM divided by the number h·w of places.</remarks>
[Registered("channels weighted by their mean gradient: any layer; on the last one the same as cam", Name = "gradcam", Order = 2)]
public sealed record GradCam : GradientExtractor
{
    /// <inheritdoc/>
    protected override Tensor Map(Tensor activations, Tensor gradients)
    {
        Tensor alpha = gradients.mean([2, 3]);                                                             // [N, K]
        return einsum("nk,nkhw->nhw", alpha, activations);
    }

    internal override bool SharesWeightAmongPlaces => true;
}

/// <summary>
/// Grad-CAM++ (Chattopadhyay et al., WACV 2018): M_c = ReLU(Σ_k w_k A_k), w_k = Σ_ij α_ij ReLU(g_ij), with g = ∂y_c/∂A_k
/// and α_ij = g_ij² / (2 g_ij² + g_ij³ Σ A_k): places with evidence count alike, so that several objects all show.
/// </summary>
/// <remarks>
/// α is the paper's equation 19 for y = exp(s), whose higher derivatives are powers of the first; as in pytorch-grad-cam,
/// g is the logit's gradient itself, and 10⁻⁶ is added below the line. On layers with negative outputs that sum can come
/// near 0, which lets rounding show in the map; after a ReLU it cannot where g is positive.
/// <para>That 10⁻⁶ is no small number beside g² where g is the gradient of a mean over h·w places: the larger an image, the smaller are
/// the map's values, by up to (h·w)⁻². So of several scales each map is divided by its maximum before they are summed; of one scale the
/// division that follows is the only one.</para>
/// </remarks>
[Registered("the same, places with evidence counting alike: several objects of a class", Name = "gradcam++", Order = 3)]
public sealed record GradCamPlusPlus : GradientExtractor
{
    private const double Epsilon = 1e-6;

    internal override bool LosesMeasure => true;

    /// <inheritdoc/>
    protected override Tensor Map(Tensor activations, Tensor gradients)
    {
        Tensor sums = activations.sum([2, 3], keepdim: true);                                              // [N, K, 1, 1]
        Tensor squares = gradients.square();                                                             // [N, K, h, w]
        Tensor alpha = squares / (2 * squares + sums * squares * gradients + Epsilon);
        Tensor weights = (alpha * gradients.relu()).sum([2, 3]);                                           // [N, K]
        return einsum("nk,nkhw->nhw", weights, activations);
    }
}

/// <summary>
/// LayerCAM (Jiang et al., TIP 2021): M_c = ReLU(Σ_k ReLU(∂y_c/∂A_k) ∘ A_k). A weight per place instead of one per channel
/// makes it useful on early layers, where a channel's mean gradient says little.
/// </summary>
[Registered("weights per place: good on early, fine layers", Name = "layercam", Order = 4)]
public sealed record LayerCam : GradientExtractor
{
    /// <inheritdoc/>
    protected override Tensor Map(Tensor activations, Tensor gradients) => (gradients.relu() * activations).sum(1);

    internal override bool SharesWeightAmongPlaces => true;
}

/// <summary>
/// HiResCAM (Draelos and Carin, 2020): M_c = ReLU(Σ_k ∂y_c/∂A_k ∘ A_k). To first order, it shows only places that raise the score.
/// </summary>
/// <remarks>On the last layer under a global average and a linear head, it is CAM divided by the number h·w of places.</remarks>
[Registered("weights per place with their sign: only places that raised the score", Name = "hirescam", Order = 5)]
public sealed record HiResCam : GradientExtractor
{
    /// <inheritdoc/>
    protected override Tensor Map(Tensor activations, Tensor gradients) => (gradients * activations).sum(1);

    internal override bool SharesWeightAmongPlaces => true;
}
