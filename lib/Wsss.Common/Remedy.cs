namespace Wsss;

/// <summary>What mends an error, for a program that can tell its users how that is done there.</summary>
internal enum Remedy
{
    /// <summary>What the message says.</summary>
    None,

    /// <summary>Choose a backbone and its weights.</summary>
    ChooseBackbone,

    /// <summary>Choose a device that is there, or install what it needs.</summary>
    ChooseDevice,

    /// <summary>Install what the machine lacks.</summary>
    SetUpMachine,

    /// <summary>Use less memory: fewer images at once, or smaller ones.</summary>
    UseLessMemory,

    /// <summary>Allow images of more pixels.</summary>
    AllowLargeImages,

    /// <summary>Go on from the checkpoint that is there.</summary>
    Resume,

    /// <summary>Throw a damaged result away: it is made anew when it is asked for.</summary>
    RenewResult,

    /// <summary>Keep results in another folder, or make room in this one.</summary>
    ChooseStore,

    /// <summary>Name a folder that training wrote.</summary>
    NameTraining,

    /// <summary>Say in a file where labels are.</summary>
    DescribeData,

    /// <summary>Make masks.</summary>
    MakeMasks,

    /// <summary>Measure, which writes results.</summary>
    MakeResults,

    /// <summary>Train the network whose weights are shipped.</summary>
    Pretrain,
}
