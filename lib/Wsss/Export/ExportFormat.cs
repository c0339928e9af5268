namespace Wsss.Export;

/// <summary>In which form a trained network leaves this library.</summary>
public enum ExportFormat
{
    /// <summary>The network as a graph with its weights, for runtimes in any language: https://onnx.ai.</summary>
    Onnx,

    /// <summary>
    /// The weights by their names, for PyTorch and others that have the network's code: https://huggingface.co/docs/safetensors.
    /// </summary>
    Safetensors,
}
