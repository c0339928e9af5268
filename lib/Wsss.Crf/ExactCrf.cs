namespace Wsss.Crf;

/// <summary>
/// Mean-field inference in a fully connected CRF with the exact kernels, for small images; see <see cref="CrfOptions"/> for the
/// model. The oracle of <see cref="DenseCrf"/>: the formula as it stands, in float64.
/// </summary>
/// <remarks>
/// Memory and time grow with (H·W)²: 8·(H·W)² bytes, 23 MB at 41×41. All kernels are one matrix A = Σ_m w_m N_m K_m N_m.
/// </remarks>
public sealed class ExactCrf
{
    private const int MostPixels = 1 << 14; // 2 GB

    private readonly CrfOptions _options;

    /// <summary>Makes a CRF without an image.</summary>
    /// <exception cref="RecipeException">An option lies outside its range.</exception>
    public ExactCrf(CrfOptions options)
    {
        options.Validate();
        _options = options;
    }

    /// <summary>The marginals after all iterations.</summary>
    /// <param name="width">Width W of the image in pixels.</param>
    /// <param name="height">Height H of the image in pixels.</param>
    /// <param name="rgb">[H, W, 3] R, G, B of each pixel, row by row.</param>
    /// <param name="unary">[C, H·W] unary energies, −log p; finite. See <see cref="CrfUnary"/>.</param>
    /// <param name="labels">Number C of labels.</param>
    /// <returns>[C, H·W] the marginals Q; they sum to 1 over the labels.</returns>
    /// <exception cref="ArgumentException">
    /// The number of bytes is not 3·H·W or that of energies not C·H·W, or an energy is NaN or infinite, or C does not fit the
    /// compatibility.
    /// </exception>
    /// <exception cref="WsssException">The image has more than 16,384 pixels.</exception>
    public float[] Infer(int width, int height, ReadOnlySpan<byte> rgb, ReadOnlySpan<float> unary, int labels)
    {
        _options.RequireLabels(labels);
        CrfInput.Check(width, height, rgb, unary, labels);
        int pixels = width * height;
        if (pixels > MostPixels)
            throw new WsssException($"Expected at most {MostPixels} pixels, found {width}×{height}. Use DenseCrf or scale the image down.");
        double[] q = new double[unary.Length], messages = new double[unary.Length];            // [H·W, C]
        Update(q, messages, unary, labels);
        double[] affinity = _options.Iterations > 0 ? Affinity(width, height, rgb.ToArray()) : [];
        for (int i = 0; i < _options.Iterations; i++)
        {
            Filter(affinity, q, messages, labels);
            Update(q, messages, unary, labels);
        }
        float[] marginals = new float[unary.Length];                                           // [C, H·W]
        for (int i = 0; i < q.Length; i++) marginals[i % labels * pixels + i / labels] = (float)q[i];
        return marginals;
    }

    // A = Σ_m w_m N_m K_m N_m, [H·W, H·W].
    private double[] Affinity(int width, int height, byte[] rgb)
    {
        double[] affinity = new double[width * height * width * height];
        if (_options.Gaussian is { } smooth) Add(smooth.Weight, (i, j) => Places(i, j) / Square(smooth.Sigma));
        if (_options.Bilateral is { } b) Add(b.Weight, (i, j) => Places(i, j) / Square(b.SigmaXy) + Colours(i, j) / Square(b.SigmaRgb));
        return affinity;

        double Places(int i, int j) => Square(i % width - j % width) + Square(i / width - j / width);

        double Colours(int i, int j) => Channel(3 * i, 3 * j) + Channel(3 * i + 1, 3 * j + 1) + Channel(3 * i + 2, 3 * j + 2);

        double Channel(int i, int j) => Square(rgb[i] - rgb[j]);

        // w N K N with K = exp(−½ distances) and N = diag(1/√(K 1)).
        void Add(double weight, Func<int, int, double> distance)
        {
            int pixels = width * height;
            double[] sums = new double[pixels];                                                // K 1
            for (int i = 0; i < pixels; i++)
                for (int j = 0; j < pixels; j++) sums[i] += Math.Exp(-0.5 * distance(i, j));
            for (int i = 0; i < pixels; i++)
                for (int j = 0; j < pixels; j++)
                    affinity[i * pixels + j] += weight * Math.Exp(-0.5 * distance(i, j)) / Math.Sqrt(sums[i] * sums[j]);
        }
    }

    // The messages A Q.
    private static void Filter(double[] affinity, double[] q, double[] messages, int labels)
    {
        int pixels = q.Length / labels;
        for (int i = 0; i < pixels; i++)
        {
            Span<double> message = messages.AsSpan(i * labels, labels);
            message.Clear();
            for (int j = 0; j < pixels; j++)
            {
                double weight = affinity[i * pixels + j];
                ReadOnlySpan<double> other = q.AsSpan(j * labels, labels);
                for (int c = 0; c < message.Length; c++) message[c] += weight * other[c];
            }
        }
    }

    // Q = softmax(−U − μ · messages), pixel by pixel.
    private void Update(double[] q, double[] messages, ReadOnlySpan<float> unary, int labels)
    {
        int pixels = q.Length / labels;
        for (int i = 0; i < pixels; i++)
        {
            Span<double> energies = q.AsSpan(i * labels, labels);
            double smallest = double.PositiveInfinity, sum = 0;
            for (int a = 0; a < labels; a++)
            {
                energies[a] = unary[a * pixels + i];
                for (int b = 0; b < labels; b++) energies[a] += Penalty(a, b) * messages[i * labels + b];
                smallest = Math.Min(smallest, energies[a]);
            }
            foreach (ref double energy in energies)
            {
                energy = Math.Exp(smallest - energy);
                sum += energy;
            }
            foreach (ref double power in energies) power /= sum;
        }
    }

    private double Penalty(int a, int b) => _options.Compatibility is { } matrix ? matrix[a][b] : a == b ? 0 : 1;

    private static double Square(double x) => x * x;
}
