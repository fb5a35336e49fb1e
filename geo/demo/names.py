"""Names and codes of the demo's units: the prefecture's and counties' are facts, all below them is invented.

Codes: six digits (GB/T 2260), then three per level (GB/T 10114). The High-tech Zone has no code of its own in
GB/T 2260; `4331T1` is ours. Levels below county carry invented names of local sound, with their pinyin.
"""

from dataclasses import dataclass

from geo.errors import Words

PREFECTURE_CODE = "433100"
PREFECTURE = Words("Xiangxi Prefecture", "湘西土家族苗族自治州")


@dataclass(frozen=True)
class County:
    """A county-level unit: code, name, km2, how many street offices, towns and townships, and where it roughly lies.

    `seat` and `around` are km east and north of the prefecture's middle: no outline, only proportions.
    """

    code: str
    name: Words
    area_km2: float
    n_offices: int
    n_towns: int
    n_townships: int
    seat: tuple[float, float]
    around: tuple[tuple[float, float], ...]
    core_m: float

    @property
    def n_units(self) -> int:
        """Street offices, towns and townships together."""
        return self.n_offices + self.n_towns + self.n_townships


COUNTIES = (
    County(
        "433101",
        Words("Jishou City", "吉首市"),
        1_030,
        5,
        5,
        3,
        (-7, -43),
        ((-3, -36), (11, -36), (-19, -46), (-2, -51)),
        800,
    ),
    County(
        "433122",
        Words("Luxi County", "泸溪县"),
        1_560,
        0,
        7,
        4,
        (30, -46),
        ((27, -34), (27, -50), (16, -62), (23, -76)),
        520,
    ),
    County(
        "433123",
        Words("Fenghuang County", "凤凰县"),
        1_725,
        0,
        12,
        5,
        (-19, -71),
        ((-38, -65), (-24, -62), (-13, -68), (-30, -82), (-33, -96), (-21, -89)),
        560,
    ),
    County(
        "433124",
        Words("Huayuan County", "花垣县"),
        1_110,
        0,
        8,
        4,
        (-31, -19),
        ((-41, -17), (-29, -18), (-38, -33), (-35, -46)),
        540,
    ),
    County(
        "433125",
        Words("Baojing County", "保靖县"),
        1_755,
        0,
        9,
        3,
        (-13, 1),
        ((-41, 2), (-24, 4), (-13, 15), (-12, -9), (-10, -21)),
        480,
    ),
    County(
        "433126",
        Words("Guzhang County", "古丈县"),
        1_285,
        0,
        5,
        2,
        (15, -12),
        ((7, -3), (22, -2), (35, -5), (13, -19), (26, -20)),
        400,
    ),
    County(
        "433127",
        Words("Yongshun County", "永顺县"),
        3_805,
        0,
        13,
        10,
        (8, 34),
        ((8, 67), (-1, 50), (16, 47), (36, 36), (7, 24), (29, 17), (46, 21)),
        600,
    ),
    County(
        "433130",
        Words("Longshan County", "龙山县"),
        3_130,
        3,
        9,
        6,
        (-27, 84),
        ((-14, 88), (-24, 70), (-31, 52), (-35, 35), (-38, 20)),
        700,
    ),
    County("4331T1", Words("Xiangxi High-tech Zone", "湘西高新区"), 75, 1, 1, 0, (-15, -56), ((-15, -56),), 460),
)

_FIRST = {
    "新": "Xin", "青": "Qing", "石": "Shi", "竹": "Zhu", "桐": "Tong", "杉": "Shan", "松": "Song", "马": "Ma",
    "龙": "Long", "凤": "Feng", "金": "Jin", "银": "Yin", "大": "Da", "小": "Xiao", "上": "Shang", "下": "Xia",
    "红": "Hong", "清": "Qing", "岩": "Yan", "枫": "Feng", "梨": "Li", "桃": "Tao", "茶": "Cha", "云": "Yun",
    "双": "Shuang", "三": "San", "白": "Bai", "黄": "Huang", "高": "Gao", "长": "Chang", "老": "Lao", "田": "Tian",
    "水": "Shui", "油": "You", "雷": "Lei", "麻": "Ma", "米": "Mi", "科": "Ke", "排": "Pai", "夯": "Hang",
    "补": "Bu", "腊": "La", "洗": "Xi", "卡": "Ka", "比": "Bi", "兴": "Xing", "永": "Yong", "太": "Tai",
}  # fmt: skip
_SECOND = {
    "坪": "ping", "溪": "xi", "寨": "zhai", "坡": "po", "塘": "tang", "湾": "wan", "冲": "chong", "岭": "ling",
    "桥": "qiao", "洞": "dong", "垅": "long", "井": "jing", "坝": "ba", "坳": "ao", "滩": "tan", "垭": "ya",
    "岩": "yan", "沟": "gou", "河": "he", "界": "jie", "峪": "yu", "槽": "cao", "场": "chang", "塔": "ta",
    "车": "che", "库": "ku", "湖": "hu", "仁": "ren", "潮": "chao", "丰": "feng", "庄": "zhuang", "店": "dian",
    "屯": "tun", "口": "kou", "潭": "tan", "堡": "bao",
}  # fmt: skip
_COMMUNITY = {
    "人民路": "Renminlu", "城北": "Chengbei", "城南": "Chengnan", "河街": "Hejie", "兴隆": "Xinglong", "和平": "Heping",
    "东门": "Dongmen", "西门": "Ximen", "团结": "Tuanjie", "建设": "Jianshe", "光明": "Guangming", "沿江": "Yanjiang",
    "钟楼": "Zhonglou", "荷塘": "Hetang", "北站": "Beizhan", "文庙": "Wenmiao", "朝阳": "Chaoyang", "永安": "Yong'an",
    "幸福": "Xingfu", "学府": "Xuefu", "新街": "Xinjie", "老街": "Laojie", "桂花": "Guihua", "南门": "Nanmen",
    "福星": "Fuxing", "望江": "Wangjiang", "锦绣": "Jinxiu", "民主": "Minzhu", "胜利": "Shengli", "迎春": "Yingchun",
    "环城": "Huancheng", "滨河": "Binhe", "花园": "Huayuan", "凤鸣": "Fengming", "砂子坳": "Shazi'ao", "红旗": "Hongqi",
    "东正街": "Dongzhengjie", "武陵": "Wuling", "书院": "Shuyuan", "码头": "Matou", "工农": "Gongnong",
    "青山": "Qingshan",
}  # fmt: skip
#: Names of towns are of these endings alone, so that no village shares one.
_TOWN_SECOND = ("溪", "坪", "桥", "岩", "塘", "洞", "河", "车", "潭", "寨", "湖", "口")


def village_name(index: int) -> Words:
    """The `index`-th villagers' committee; all names differ for index < 1,728.

    >>> village_name(0), village_name(49).zh
    (Words(en='Xinping Village', zh='新坪村'), '青滩村')
    """
    zh, en = _pair(index)
    return Words(f"{en} Village", f"{zh}村")


def town_name(index: int, kind: str) -> Words:
    """The `index`-th street office, town or township (`kind`: office, town, township); all differ for index < 576.

    >>> town_name(0, "town"), town_name(5, "township").en
    (Words(en='Xinxi Town', zh='新溪镇'), 'Shandong Township')
    """
    firsts, second = list(_FIRST.items()), _TOWN_SECOND
    first = firsts[index % len(firsts)]
    last = second[(index + index // len(firsts)) % len(second)]
    end = {"office": ("Subdistrict", "街道"), "town": ("Town", "镇"), "township": ("Township", "乡")}[kind]
    return Words(f"{first[1]}{_SECOND[last]} {end[0]}", f"{first[0]}{last}{end[1]}")


def _pair(index: int) -> tuple[str, str]:
    firsts, seconds = list(_FIRST.items()), list(_SECOND.items())
    first = firsts[index % len(firsts)]
    second = seconds[(index + index // len(firsts)) % len(seconds)]
    if first[0] == second[0]:
        second = ("寨", "zhai") if index % 2 else ("坨", "tuo")
    return first[0] + second[0], first[1] + second[1]


def community_name(index: int) -> Words:
    """The `index`-th residents' committee of a county; names come again, numbered, after 42.

    >>> community_name(2).zh, community_name(44).zh
    ('城南社区', '城南二社区')
    """
    names = list(_COMMUNITY.items())
    zh, en = names[index % len(names)]
    again = index // len(names)
    return Words(
        f"{en} {again + 1} Community" if again else f"{en} Community",
        f"{zh}{'二三四五六七八九'[again - 1]}社区" if again else f"{zh}社区",
    )


def grid_name(village: Words, number: int) -> Words:
    """The `number`-th grid of a village.

    >>> grid_name(Words("Xinping Village", "新坪村"), 3)
    Words(en='Xinping Village, grid 3', zh='新坪村第3网格')
    """
    return Words(f"{village.en}, grid {number}", f"{village.zh}第{number}网格")
