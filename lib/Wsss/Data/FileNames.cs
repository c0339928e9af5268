using System.Collections.Frozen;
using System.Text;

namespace Wsss.Data;

/// <summary>
/// Names of files as people mean them, whatever program wrote them. Done here, as .NET without ICU, which not every machine has, knows
/// neither Unicode's composed form nor an order by numbers.
/// </summary>
internal static class FileNames
{
    // Combining mark, then pairs of a letter and the same letter with the mark: the Latin, Greek, Cyrillic and kana letters of common names.
    private static readonly string[] Compositions =
    [
        "\u0300AÀEÈIÌOÒUÙaàeèiìoòuùNǸnǹWẀwẁYỲyỳ", "\u0301AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzźGǴgǵWẂwẃΑΆΕΈΗΉΙΊΟΌΥΎΩΏαάεέηήιίοόυύωώГЃгѓКЌкќ",
        "\u0302AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝHĤhĥJĴjĵSŜsŝWŴwŵYŶyŷ", "\u0303AÃNÑOÕaãnñoõIĨiĩUŨuũEẼeẽYỸyỹ", "\u0304AĀaāEĒeēIĪiīOŌoōUŪuūYȲyȳ",
        "\u0306AĂaăEĔeĕGĞgğIĬiĭOŎoŏUŬuŭИЙий", "\u0307CĊcċEĖeėGĠgġIİZŻzż", "\u0308AÄEËIÏOÖUÜaäeëiïoöuüyÿYŸЕЁеёІЇіїΙΪΥΫιϊυϋ", "\u0309AẢaảEẺeẻIỈiỉOỎoỏUỦuủYỶyỷ",
        "\u030aAÅaåUŮuů", "\u030bOŐoőUŰuű", "\u030cCČcčDĎdďEĚeěNŇnňRŘrřSŠsšTŤtťZŽzžLĽlľGǦgǧ", "\u0323AẠaạEẸeẹIỊiịOỌoọUỤuụYỴyỵ", "\u0326SȘsșTȚtț",
        "\u0327CÇcçGĢgģKĶkķLĻlļNŅnņRŖrŗSŞsşTŢtţ", "\u0328AĄaąEĘeęIĮiįUŲuų",
        "\u3099かがきぎくぐけげこごさざしじすずせぜそぞただちぢつづてでとどはばひびふぶへべほぼカガキギクグケゲコゴサザシジスズセゼソゾタダチヂツヅテデトドハバヒビフブヘベホボウヴ",
        "\u309aはぱひぴふぷへぺほぽハパヒピフプヘペホポ",
    ];

    private static readonly FrozenDictionary<(char, char), char> Composed = Compositions.SelectMany(marked =>
        Enumerable.Range(0, marked.Length / 2).Select(i => KeyValuePair.Create((marked[2 * i + 1], marked[0]), marked[2 * i + 2]))).ToFrozenDictionary();

    /// <summary>Orders names as people do: numbers in them by value, so that 9 comes before 10.</summary>
    public static IComparer<string> NaturalOrder { get; } = Comparer<string>.Create(Compare);

    /// <summary>A name with letters and their marks put together (Unicode's form C), as far as common names need it: macOS takes them apart.</summary>
    public static string Compose(string name)
    {
        var text = new StringBuilder(name.Length);
        foreach (char next in name)
        {
            char? together = text.Length > 0 ? Together(text[^1], next) : null;
            if (together is { } letter) text[^1] = letter;
            else text.Append(next);
        }
        return text.ToString();
    }

    private static char? Together(char letter, char mark)
    {
        if (Composed.TryGetValue((letter, mark), out char composed)) return composed;
        // Hangul by arithmetic (Unicode, section 3.12): 19 leading, 21 vowel and 27 trailing parts.
        if (letter is >= '\u1100' and <= '\u1112' && mark is >= '\u1161' and <= '\u1175') return (char)(0xac00 + ((letter - 0x1100) * 21 + (mark - 0x1161)) * 28);
        if (letter is >= '\uac00' and <= '\ud7a3' && (letter - 0xac00) % 28 == 0 && mark is > '\u11a7' and <= '\u11c2') return (char)(letter + (mark - 0x11a7));
        return null;
    }

    private static int Compare(string? a, string? b)
    {
        (a, b) = (a ?? "", b ?? "");
        int i = 0, j = 0;
        while (i < a.Length && j < b.Length)
        {
            int order;
            if (char.IsAsciiDigit(a[i]) && char.IsAsciiDigit(b[j]))
            {
                ReadOnlySpan<char> left = Digits(a, ref i).TrimStart('0'), right = Digits(b, ref j).TrimStart('0');
                order = left.Length != right.Length ? left.Length - right.Length : left.SequenceCompareTo(right);
            }
            else
            {
                order = char.ToUpperInvariant(a[i++]) - char.ToUpperInvariant(b[j++]);
            }
            if (order != 0) return order;
        }
        return (a.Length - i) - (b.Length - j) is var rest and not 0 ? rest : string.CompareOrdinal(a, b);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
        return text.AsSpan(start, at - start);
    }
}
