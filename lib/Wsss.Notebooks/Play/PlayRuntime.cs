namespace Wsss.Notebooks.Play;

/// <summary>
/// ONNX Runtime Web for processors, as npm's package <c>onnxruntime-web</c> has it. Nothing of it is part of this library; a page holds
/// a copy, so that it needs no network.
/// </summary>
/// <param name="Script">Path of the script that the page loads.</param>
/// <param name="Glue">Path of the module that starts the WebAssembly.</param>
/// <param name="Assembly">Path of the WebAssembly.</param>
internal sealed record PlayRuntime(string Script, string Glue, string Assembly)
{
    /// <summary>Finds the files in a folder of the package.</summary>
    /// <param name="folder">The package as it was unpacked, with <c>dist</c> in it.</param>
    /// <exception cref="WsssException">A file is missing.</exception>
    public static PlayRuntime Open(string folder)
    {
        return new PlayRuntime(PathOf("ort.wasm.min.js"), PathOf("ort-wasm-simd-threaded.mjs"), PathOf("ort-wasm-simd-threaded.wasm"));

        string PathOf(string name)
        {
            string path = Path.Combine(folder, "dist", name);
            return File.Exists(path)
                ? path
                : throw new WsssException(
                    $"Expected the npm package onnxruntime-web in '{folder}', found no '{path}'. "
                        + "Unpack it there (npm pack onnxruntime-web).");
        }
    }
}
