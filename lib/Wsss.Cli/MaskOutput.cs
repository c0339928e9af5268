using Wsss.Data;
using Wsss.Storage;

namespace Wsss.Cli;

/// <summary>
/// A folder that a command fills with masks, ID.png for each image. Its summary comes last: a folder with it is whole. Masks of somebody
/// else, such as the drawn ones of the data, are not written over.
/// </summary>
internal sealed class MaskOutput
{
    private readonly string _folder, _summary;
    private readonly OwnFiles _files;

    /// <param name="folder">The folder; made if missing.</param>
    /// <param name="maker">The command.</param>
    /// <param name="summaryFile">Name of the summary in it.</param>
    /// <param name="ids">Ids of the images that get a mask.</param>
    /// <exception cref="WsssException">A mask or a summary is there that the command has not made.</exception>
    public MaskOutput(string folder, string maker, string summaryFile, IEnumerable<string> ids)
    {
        (_folder, _summary) = (folder, Path.Combine(folder, summaryFile));
        _files = new OwnFiles(folder, maker, ids.Select(id => Path.GetRelativePath(folder, PathOf(id))).Prepend(summaryFile));
        _files.RefuseOthers();
    }

    /// <summary>From here on the folder is unfinished.</summary>
    /// <param name="without">Ids of images that get no mask: an earlier one would still be found.</param>
    public void Begin(IEnumerable<string> without)
    {
        _files.Begin();
        UnfinishedFolder.Begin(_folder);
        File.Delete(_summary);
        foreach (string id in without)
            if (PathOf(id) is var old && File.Exists(old)) File.Delete(old);
    }

    /// <summary>Writes a mask.</summary>
    public void Write(string id, LabelMap mask) => ImageFile.WriteMask(PathOf(id), mask);

    /// <summary>Writes the summary: all masks are there.</summary>
    public void End<T>(T summary)
    {
        AtomicFile.WriteText(_summary, WsssJson.Write(summary));
        UnfinishedFolder.End(_folder);
    }

    private string PathOf(string id) => MaskFolderSource.PathOf(_folder, id);
}
