using Wsss.Data;

namespace Wsss.Tests.Data;

public sealed class LeafFolderTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    // 8 × 4 pixels: leaf on the right half, a symptom in its upper two rows.
    private void Write(string list)
    {
        Directory.CreateDirectory(_folder.File("images"));
        Directory.CreateDirectory(_folder.File("masks"));
        File.WriteAllText(_folder.File("labels.csv"), list);
        for (int i = 0; i < 4; i++)
        {
            ImageFile.WriteJpeg(_folder.File($"images/{i}.jpg"), new RgbImage(8, 4, new byte[96]));
            byte[] mask = new byte[96];
            for (int p = 0; p < 32; p++) if (p % 8 >= 4) mask[3 * p + (p < 16 ? 0 : 1)] = p < 16 ? (byte)255 : (byte)176;
            ImageFile.WritePng(_folder.File($"masks/{i}.png"), new RgbImage(8, 4, mask));
        }
    }

    private const string List = "image,miner,rust,split\n0.jpg,0,1,train\n1.jpg,1,1,train\n2.jpg,0,0,train\n3.jpg,0,1,val\n";

    [Fact]
    public void Labels_and_symptoms_are_read_as_they_lie()
    {
        Write(List);
        DataSplits data = DataSet.Parse(_folder.Path).Open();
        Assert.Equal(["miner", "rust"], data.Train.ClassNames);
        Assert.Equal((2, 1, 1), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal([1], data.Test.Labels(0));
        LabelMap mask = data.Test.Mask(0);
        Assert.Equal([0, 0, 0, 0, 2, 2, 2, 2], mask.Values[..8]);
        Assert.Equal(new byte[8], mask.Values[16..24]);
        int two = data.Train.IndexOf("1");
        Assert.Equal([0, 1], data.Train.Labels(two));
        Assert.False(data.Train.HasMask(two));
        Assert.Throws<DataSetException>(() => data.Train.Mask(two));
    }

    [Fact]
    public void Large_photographs_are_read_smaller_and_their_masks_with_them()
    {
        Write(List);
        // Sixteen pixels is the smallest side, so that these are read whole.
        Assert.Contains(
            "16",
            Assert.Throws<DataSetException>(() => DataSet.Parse($"leaves:folder={_folder.Path},longestSide=4").Open()).Message
        );
        ImageFile.WriteJpeg(_folder.File("images/3.jpg"), new RgbImage(32, 16, new byte[1536]));
        byte[] red = new byte[1536];
        for (int p = 0; p < 512; p++)
            if (p % 32 < 16)
                red[3 * p] = 255;
        ImageFile.WritePng(_folder.File("masks/3.png"), new RgbImage(32, 16, red));
        DataSplits data = DataSet.Parse($"leaves:folder={_folder.Path},longestSide=16").Open();
        Assert.Equal((16, 8), (data.Test.Load(0).Image.Width, data.Test.Load(0).Image.Height));
        Assert.Equal([2, 2, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0], data.Test.Mask(0).Values[..16]);
        Assert.NotEqual(data.Test.Fingerprint, DataSet.Parse(_folder.Path).Open().Test.Fingerprint);
    }

    [Theory]
    [InlineData("image,miner,split\n0.jpg,2,train\n", "line 2")]
    [InlineData("image,miner,split\n0.jpg,1\n", "line 2")]
    [InlineData("image,miner,split\n0.jpg,1,test\n", "'test'")]
    [InlineData("image,miner,split\n0.jpg,1,train\n9.jpg,1,val\n", "9.jpg")]
    [InlineData("image,miner,split\n0.jpg,1,train\n0.jpg,1,val\n", "'0' 2 times")]
    [InlineData("image,miner,split\n0.jpg,1,train\n2.jpg,1,train\n", "test")]
    [InlineData("file,miner\n", "line 1")]
    [InlineData("image,background,miner,split\n0.jpg,0,1,train\n", "line 1: expected columns of classes alone, found 'background'")]
    [InlineData("image,miner,miner,split\n0.jpg,0,1,train\n", "line 1: expected each class once, found 'miner' 2 times")]
    public void A_broken_list_is_an_error_that_says_where(string list, string part)
    {
        Write(list);
        Assert.Contains(part, Assert.Throws<DataSetException>(() => DataSet.Parse($"leaves:folder={_folder.Path}").Open()).Message);
    }

    [Fact]
    public void The_coffee_leaves_are_read()
    {
        DataSplits data = DataSet.Parse(Path.GetDirectoryName(SharedData.File("coffee/labels.csv"))!).Open();
        Assert.Equal((131, 32, 49), (data.Train.Count, data.Validation.Count, data.Test.Count));
        Assert.Equal(["miner", "rust", "phoma", "cercospora"], data.Test.ClassNames);
        Sample first = data.Test.Load(0);
        Assert.Equal((512, 256), (first.Image.Width, first.Image.Height));
        LabelMap mask = data.Test.Mask(0);
        Assert.Equal(first.Labels.Select(c => (byte)(c + 1)).Append((byte)0).Order(), mask.Values.Distinct().Order());
    }
}
