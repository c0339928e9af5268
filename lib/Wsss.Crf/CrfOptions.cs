namespace Wsss.Crf;

/// <summary>The Gaussian (smoothness) kernel: k(i, j) = exp(−‖p_i − p_j‖² / 2σ²) over pixel positions p.</summary>
public sealed record GaussianKernel
{
    /// <summary>σ in pixels, above 0.</summary>
    public double Sigma { get; init; } = 3;

    /// <summary>Weight w of the kernel, at least 0.</summary>
    public double Weight { get; init; } = 3;
}

/// <summary>
/// The bilateral (appearance) kernel: k(i, j) = exp(−‖p_i − p_j‖² / 2σ_xy² − ‖c_i − c_j‖² / 2σ_rgb²) over pixel positions p
/// and colours c.
/// </summary>
public sealed record BilateralKernel
{
    /// <summary>σ_xy in pixels, above 0.</summary>
    public double SigmaXy { get; init; } = 50;

    /// <summary>σ_rgb in grey levels of 0…255, above 0.</summary>
    public double SigmaRgb { get; init; } = 5;

    /// <summary>Weight w of the kernel, at least 0.</summary>
    public double Weight { get; init; } = 10;
}

/// <summary>
/// A fully connected CRF over the pixels of an image (Krähenbühl &amp; Koltun, <i>Efficient Inference in Fully Connected
/// CRFs with Gaussian Edge Potentials</i>, NIPS 2011), solved by mean field: Q₀ = softmax(−U), then
/// Q ← softmax(−U − μ · Σ_m w_m K̂_m Q) with U the unary energies and μ the label compatibility.
/// </summary>
/// <remarks>
/// K̂ = N K N with N = diag(1/√(K 1)), the symmetric normalisation; K holds the pixel itself (i = j). The default widths and
/// weights are those of IRN (Ahn et al., CVPR 2019). Shared by <see cref="DenseCrf"/> and <see cref="ExactCrf"/>.
/// </remarks>
public sealed record CrfOptions
{
    /// <summary>Mean-field updates, at least 0.</summary>
    public int Iterations { get; init; } = 10;

    /// <summary>The smoothness kernel; null leaves it out.</summary>
    public GaussianKernel? Gaussian { get; init; } = new();

    /// <summary>The appearance kernel; null leaves it out.</summary>
    public BilateralKernel? Bilateral { get; init; } = new();

    /// <summary>
    /// The label compatibility μ: C rows of C penalties, symmetric, μ[a][b] for a pixel of label a beside one of label b. Null is
    /// the Potts model, μ[a][b] = 1 where a ≠ b, else 0.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<float>>? Compatibility { get; init; }

    /// <summary>Checks the options.</summary>
    /// <exception cref="RecipeException">An option lies outside its range; the message says which.</exception>
    public void Validate()
    {
        if (Iterations < 0)
            throw new RecipeException($"CRF: expected at least 0 iterations, found {Iterations}.");
        if (Gaussian is null && Bilateral is null)
            throw new RecipeException(
                "CRF: expected a Gaussian or a bilateral kernel, found neither. Without a kernel there is nothing to refine."
            );
        if (Gaussian is not null)
        {
            RequireSigma("the Gaussian kernel's sigma", Gaussian.Sigma);
            RequireWeight("the Gaussian kernel's weight", Gaussian.Weight);
        }
        if (Bilateral is not null)
        {
            RequireSigma("the bilateral kernel's sigma over positions", Bilateral.SigmaXy);
            RequireSigma("the bilateral kernel's sigma over colours", Bilateral.SigmaRgb);
            RequireWeight("the bilateral kernel's weight", Bilateral.Weight);
        }
        if (Compatibility is not null)
            RequireCompatibility(Compatibility);
    }

    /// <summary>Checks that the compatibility, if there is one, is of that many labels.</summary>
    /// <param name="labels">Number C of labels.</param>
    /// <exception cref="ArgumentException">Fewer than one label, or another number than the compatibility has.</exception>
    public void RequireLabels(long labels)
    {
        if (labels < 1) throw new ArgumentException($"Expected at least one label, found {labels}.");
        if (Compatibility is not null && Compatibility.Count != labels)
            throw new ArgumentException($"Expected as many labels as the compatibility has rows, {Compatibility.Count}; found {labels}.");
    }

    private static void RequireSigma(string what, double value)
    {
        if (!(value > 0 && double.IsFinite(value))) throw new RecipeException($"CRF: expected {what} above 0, found {value}.");
    }

    private static void RequireWeight(string what, double value)
    {
        if (!(value >= 0 && double.IsFinite(value))) throw new RecipeException($"CRF: expected {what} ≥ 0, found {value}.");
    }

    private static void RequireCompatibility(IReadOnlyList<IReadOnlyList<float>> matrix)
    {
        for (int a = 0; a < matrix.Count; a++)
        {
            if (matrix[a].Count != matrix.Count)
                throw new RecipeException(
                    $"CRF: expected a square compatibility of {matrix.Count} rows, found {matrix[a].Count} values in row {a}."
                );
            for (int b = 0; b <= a; b++)
            {
                if (!float.IsFinite(matrix[a][b]) || matrix[a][b] != matrix[b][a])
                {
                    throw new RecipeException(
                        $"CRF: expected a symmetric compatibility of finite numbers, found {matrix[a][b]} at [{a}][{b}] and "
                            + $"{matrix[b][a]} at [{b}][{a}]."
                    );
                }
            }
        }
    }
}
