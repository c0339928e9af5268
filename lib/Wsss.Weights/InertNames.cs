namespace Wsss.Weights;

/// <summary>
/// Classes of which checkpoints hold objects beside the state dict: arguments, numbers of numpy, paths, configurations. What a
/// pickle makes of them is passed over: nothing is looked up, made or called, so that a name here is no more than a word.
/// </summary>
internal static class InertNames
{
    private static readonly HashSet<string> Names =
    [
        "argparse.Namespace",
        "types.SimpleNamespace",
        "collections.deque",
        "collections.Counter",
        "_codecs.encode",
        "typing.Any",
        "copy_reg._reconstructor",
        "copyreg._reconstructor",
        "decimal.Decimal",
        "uuid.UUID",
        "torch.Size",
        "torch.device",
        "torch.serialization._get_layout",
        "torch.torch_version.TorchVersion",
        "torch.Generator",
        .. from module in (string[])["builtins", "__builtin__"]
        from name in (string[])
            [
                "set",
                "frozenset",
                "list",
                "dict",
                "tuple",
                "int",
                "float",
                "str",
                "bool",
                "bytes",
                "bytearray",
                "complex",
                "object",
                "slice",
                "range",
                "long",
                "unicode",
            ]
        select $"{module}.{name}",
        .. from core in (string[])["numpy.core", "numpy._core"]
        from name in (string[])["multiarray.scalar", "multiarray._reconstruct", "numeric._frombuffer"]
        select $"{core}.{name}",
        "numpy.dtype",
        "numpy.ndarray",
        "numpy.float64",
        "numpy.float32",
        "numpy.int64",
        "numpy.int32",
        "numpy.bool_",
        .. from type in (string[])
            [
                "float64",
                "float32",
                "float16",
                "bfloat16",
                "int64",
                "int32",
                "int16",
                "int8",
                "uint8",
                "bool",
                "double",
                "float",
                "half",
                "long",
                "int",
            ]
        select $"torch.{type}",
    ];

    // Packages that hold configurations, dates, paths and the states of training.
    private static readonly string[] Modules =
    [
        "pathlib",
        "datetime",
        "numpy.dtypes",
        "omegaconf",
        "pytorch_lightning",
        "lightning",
        "lightning_fabric",
        "lightning_utilities",
        "yacs.config",
        "easydict",
        "addict",
        "munch",
        "box",
        "ml_collections",
        "mmcv",
        "mmengine",
        "detectron2.config",
        "fvcore.common.config",
        "torch.optim",
        "torch.amp",
        "torch.cuda.amp",
    ];

    /// <summary>Whether objects of a class are passed over.</summary>
    public static bool Contains(string module, string name) =>
        Names.Contains($"{module}.{name}")
        || Modules.Any(known => module == known || module.StartsWith($"{known}.", StringComparison.Ordinal));
}
